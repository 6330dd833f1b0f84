"""What the feed tells itself, so that long work goes on in short steps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FanOutDue:
    """Pins have to reach, or leave, the timelines of a board's followers beyond the id `after`."""

    pin_ids: list[int]
    owner_id: int
    board_id: int
    after: int
    remove: bool
