"""The counters of pins.

    pins.all     of a person, a board, a section: every pin
    pins.listed  of a person, a board, a section: the pins that everybody sees
    pins.saves   of the first pin of a line: the saves that everybody sees

Ids are unique among all kinds of object, so one name serves three. What everybody sees is *listed*:
a column of the pin, and a counter moves exactly when the column does, in the same transaction. So
handlers may run late, twice or out of order, and what is secret counts nowhere that others can see.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, Self

from pinboard.counters.counts import bump, totals

ALL = "pins.all"
LISTED = "pins.listed"
SAVES = "pins.saves"


class Countable(Protocol):
    """What counting needs of a pin."""

    owner_id: int
    board_id: int
    section_id: int | None
    root_id: int | None
    is_listed: bool


@dataclass(frozen=True)
class Tally:
    """What some pins add to each counter, by subject."""

    all: Counter[int] = field(default_factory=Counter)
    listed: Counter[int] = field(default_factory=Counter)
    saves: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, pins: Iterable[Countable]) -> Self:
        """The tally of pins as they are."""
        tally = cls()
        for pin in pins:
            subjects = [pin.owner_id, pin.board_id]
            if pin.section_id is not None:
                subjects.append(pin.section_id)
            tally.all.update(subjects)
            if pin.is_listed:
                tally.listed.update(subjects)
                if pin.root_id is not None:
                    tally.saves[pin.root_id] += 1
        return tally

    def __neg__(self) -> "Tally":
        return Tally() - self

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            _less(self.all, other.all),
            _less(self.listed, other.listed),
            _less(self.saves, other.saves),
        )


def _less(one: Counter[int], other: Counter[int]) -> Counter[int]:
    """The difference, negative numbers kept, as `Counter - Counter` would not."""
    difference = Counter(one)
    difference.subtract(other)
    return difference


def count(tally: Tally) -> None:
    """Add a tally to the counters, once in a transaction and as its last step.

    Counters are taken in one order by everybody, so that writers cannot deadlock.
    """
    bump(ALL, tally.all)
    bump(LISTED, tally.listed)
    bump(SAVES, tally.saves)


def pins_of_person(person_id: int) -> int:
    """How many pins a person has, secret and hidden ones too."""
    return totals(ALL, [person_id]).get()[0]
