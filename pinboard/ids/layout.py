"""The layout of an id, and reading one.

An id has 63 bits, so it is positive in a signed 64-bit column:

    | 41 bits: milliseconds since 2026-01-01 | 10 bits: counter | 6 bits: shard | 6 bits: kind |

Time and counter come first, so ids sort by creation. They are one number, the hybrid logical clock
that Postgres keeps in a sequence (see the first migration): it follows the wall clock, and when more
than 1,024 ids are wanted in a millisecond, or the wall clock is set back, it simply runs ahead.
No two ids of a shard are alike whatever the rate. 41 bits last until 2095.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
COUNTER_BITS, SHARD_BITS, KIND_BITS = 10, 6, 6
MAX_ID = 2**63 - 1
MAX_KIND: int = 2**KIND_BITS - 1


@dataclass(frozen=True, slots=True)
class Id:
    """What an id says of itself."""

    created_at: datetime
    counter: int
    shard: int
    kind: int

    @classmethod
    def read(cls, value: int) -> Self:
        """Take an id apart. `ValueError` for a number that is no id."""
        if not 0 < value <= MAX_ID:
            raise ValueError(f"{value} is not an id")
        clock = value >> (SHARD_BITS + KIND_BITS)
        return cls(
            created_at=EPOCH + timedelta(milliseconds=clock >> COUNTER_BITS),
            counter=clock & (2**COUNTER_BITS - 1),
            shard=(value >> KIND_BITS) & (2**SHARD_BITS - 1),
            kind=kind_of(value),
        )


def kind_of(value: int) -> int:
    """The number of the kind of object that `value` names."""
    return value & MAX_KIND


def created_at(value: int) -> datetime:
    """When `value` was minted, to the millisecond."""
    return Id.read(value).created_at


def first_id_at(moment: datetime) -> int:
    """The lowest id that can be minted at `moment`: a bound for "since" queries."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return max(milliseconds, 0) << (COUNTER_BITS + SHARD_BITS + KIND_BITS)


def parse(text: object) -> int | None:
    """The id that a client wrote, digits only, or None when it cannot be one."""
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    value = int(text)
    return value if 0 < value <= MAX_ID else None
