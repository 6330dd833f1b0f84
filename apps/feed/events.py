"""What the feed tells itself, so that long work goes on in short steps."""

from dataclasses import dataclass

from pinboard.ids.layout import MAX_ID


@dataclass(frozen=True)
class FanOutDue:
    """Pins have to reach, or leave, the timelines of a board's followers with ids beyond `after`, up
    to `until`. `owner_id`: nobody's where only those who follow the board by itself are meant."""

    pin_ids: list[int]
    owner_id: int
    board_id: int
    remove: bool = False
    after: int = 0
    until: int = MAX_ID


@dataclass(frozen=True)
class RefillDue(FanOutDue):
    """The same of pins that are not new: those overtake it."""


@dataclass(frozen=True)
class LineHidden:
    """A person has hidden a pin, and with it all that goes by its line."""

    person_id: int
    line_id: int


@dataclass(frozen=True)
class LineUnhidden:
    """A person has taken back that pins of a line are hidden."""

    person_id: int
    line_id: int
