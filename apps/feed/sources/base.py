"""What a source of the home feed is."""

from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Protocol

from apps.feed.ranking.facts import Reason
from pinboard.cache.commands import Command


class Source(Protocol):
    """Where candidates of one reason come from."""

    reason: Reason

    def candidates(self, viewer_id: int) -> Sequence[int]:
        """Ids of pins, the best first, and no more than a bounded number of them.

        There may be pins among them that the viewer is not to see: whoever asks checks.
        """
        ...

    def reads(self, viewer_id: int) -> Sequence[Command]:
        """What `candidates` asks Valkey of the viewer: sent for all sources at once."""
        ...


def in_turn(lists: Sequence[Sequence[int]]) -> list[int]:
    """One of each list, and then the next of each, and so on; each id once."""
    rounds = chain.from_iterable(zip_longest(*lists))
    return list(dict.fromkeys(one for one in rounds if one is not None))
