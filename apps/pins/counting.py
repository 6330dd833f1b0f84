"""The counters of pins: saves of a root, pins of a board, pins of a person.

A save counts while it is *listed*: on a public board, and not hidden. The flag is a column, and a
counter moves exactly when the flag does, so that a handler may run late, twice, or out of order.
Secret saves count nowhere that others can see.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, Self

from pinboard.counters.counts import bump, totals

SAVES = "pins.saves"
ON_BOARD = "pins.on_board"
HIDDEN_ON_BOARD = "pins.hidden_on_board"
OF_PERSON = "pins.of_person"


class Countable(Protocol):
    """What counting needs of a pin."""

    board_id: int
    root_id: int | None
    is_listed: bool
    hidden_at: object


@dataclass(frozen=True)
class Tally:
    """What some pins add to each counter, by subject."""

    saves: Counter[int] = field(default_factory=Counter)
    on_board: Counter[int] = field(default_factory=Counter)
    hidden_on_board: Counter[int] = field(default_factory=Counter)
    of_person: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, owner_id: int, pins: Iterable[Countable]) -> Self:
        """The tally of a person's pins as they are."""
        pins = list(pins)
        return cls(
            Counter(pin.root_id for pin in pins if pin.is_listed and pin.root_id is not None),
            Counter(pin.board_id for pin in pins),
            Counter(pin.board_id for pin in pins if pin.hidden_at is not None),
            Counter({owner_id: len(pins)}),
        )

    def __neg__(self) -> "Tally":
        return Tally() - self

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            _less(self.saves, other.saves),
            _less(self.on_board, other.on_board),
            _less(self.hidden_on_board, other.hidden_on_board),
            _less(self.of_person, other.of_person),
        )


def _less(one: Counter[int], other: Counter[int]) -> Counter[int]:
    """The difference, negative numbers kept, as `Counter - Counter` would not."""
    difference = Counter(one)
    difference.subtract(other)
    return difference


def count(tally: Tally) -> None:
    """Add a tally to the counters. Always in this order, so that writers cannot deadlock."""
    bump(OF_PERSON, tally.of_person)
    bump(ON_BOARD, tally.on_board)
    bump(HIDDEN_ON_BOARD, tally.hidden_on_board)
    bump(SAVES, tally.saves)


def pins_of_person(person_id: int) -> int:
    """How many pins a person has, secret and hidden ones too."""
    return totals(OF_PERSON, [person_id])[0]
