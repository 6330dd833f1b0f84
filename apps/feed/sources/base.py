"""What a source of the home feed is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import ClassVar

from apps.feed.ranking.reasons import Reason
from pinboard.cache.commands import Command

# A byte of each pin in a scroll says which sources offered it, and whether it is a copy.
MAX_NUMBER = 6


class Source(ABC):
    """Where candidates come from. A class of this kind in a module of `apps.feed.sources` is found there.

    `name`: for staff. `number`: 0 to 6, of no other source, and never changed: scrolls go by it. `turn`:
    sources are asked in this order, until there are enough candidates, and reasons that come first are
    the stronger ones. `reasons`: why pins are there that it leads to, the strongest first.
    """

    name: ClassVar[str]
    number: ClassVar[int]
    turn: ClassVar[int] = 50
    reasons: ClassVar[tuple[Reason, ...]]

    @property
    def bit(self) -> int:
        """Its bit in the byte that says which sources offered a pin."""
        return 1 << self.number

    @abstractmethod
    def candidates(self, viewer_id: int) -> Sequence[int]:
        """Ids of pins, the best first, and no more than a bounded number of them.

        There may be pins among them that the viewer is not to see: whoever asks checks.
        """

    def reads(self, viewer_id: int) -> Sequence[Command]:
        """What `candidates` asks Valkey of the viewer: sent for all sources at once."""
        return ()


def in_turn(lists: Sequence[Sequence[int]]) -> list[int]:
    """One of each list, and then the next of each, and so on; each id once."""
    rounds = chain.from_iterable(zip_longest(*lists))
    return list(dict.fromkeys(one for one in rounds if one is not None))
