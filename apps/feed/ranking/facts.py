"""What is known of candidates: a column of numbers for each thing, as Postgres packs them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Flag:
    """What is true of a pin for a viewer. Plain numbers: an enum's take thirty times as long."""

    VISIBLE = 1
    OWN = 2
    MUTED = 4
    HIDDEN = 8
    SAVED = 16
    FOLLOWED = 32  # by its board or its author
    BOARD_FOLLOWED = 64  # the board by itself
    FEWER = 128  # the viewer wants fewer of its author, its board or one of its topics


class Fact(NamedTuple):
    """What is known of one pin. Ids are 0 where there is none.

    `topic_id`: of a topic that the viewer follows and the pin is about. `saves`, `impressions`: of the
    pin's line. `author_saves`, `author_opens`: how many pins of the author the viewer saved and opened.
    """

    id: int
    owner_id: int
    board_id: int
    line_id: int
    picture_id: int
    topic_id: int
    saves: int
    impressions: int
    author_saves: int
    author_opens: int
    flags: int


class Facts(NamedTuple):
    """The same of many pins, a column for each field."""

    id: Ints
    owner_id: Ints
    board_id: Ints
    line_id: Ints
    picture_id: Ints
    topic_id: Ints
    saves: Ints
    impressions: Ints
    author_saves: Ints
    author_opens: Ints
    flags: Ints

    @classmethod
    def unpack(cls, packed: bytes | None) -> "Facts":
        """The facts that a statement gave: eight bytes a field, pin after pin."""
        rows = np.frombuffer(packed or b"", ">i8").reshape(-1, len(Fact._fields))
        return cls(*rows.T.astype(np.int64, order="C"))

    @property
    def length(self) -> int:
        """Of how many pins."""
        return len(self.id)

    def has(self, flag: int) -> Bools:
        """Of which pins a flag is true."""
        found: Bools = self.flags & flag != 0
        return found

    def where(self, some: Any) -> "Facts":
        """The facts of some of the pins: a mask, a slice, or their places."""
        return Facts(*[column[some] for column in self])

    def at(self, row: int) -> Fact:
        """Of one pin."""
        return Fact._make(int(column[row]) for column in self)

    def each(self) -> Iterator[Fact]:
        """Pin by pin."""
        return map(Fact._make, zip(*[column.tolist() for column in self], strict=True))
