"""What a subscription field's `subscribe_…` function gives: where events come from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """`value`: what the field resolves to. After the last event its stream completes."""

    value: Any
    is_last: bool = False


class Source(ABC):
    """What one stream watches.

    `topics` wake it; `pause` is how many seconds it then leaves between two events, in which all
    that happens becomes one.
    """

    topics: tuple[str, ...]
    pause: float = 0.0

    @abstractmethod
    def look(self) -> Event | None:
        """What there is to tell by now; None for nothing. May use Postgres.

        It is called before the stream begins, whenever a topic was announced, and about once a minute,
        since announcements may be lost; never twice at the same time.
        """
