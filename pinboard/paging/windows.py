"""What is asked for: which part of a list, in which order."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from pinboard.errors import BadInput

DEFAULT_SIZE = 25
MAX_SIZE = 100
_STEPS = (0, 5, 10, 25, 50, MAX_SIZE)

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Window:
    """Which part of a list: `first` rows after `after`, or `last` rows before `before`.

    `size`: how many rows the page holds at most; `step`: that, rounded up to one of few, each of which
    has a statement of its own.
    """

    first: int | None = None
    after: Key | None = None
    last: int | None = None
    before: Key | None = None
    backwards: bool = field(init=False)
    size: int = field(init=False)
    step: int = field(init=False)

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None:
            raise BadInput("Ask for `first` or for `last`, not for both.")
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and not 0 <= size <= MAX_SIZE:
                raise BadInput(f"`{name}` must be from 0 to {MAX_SIZE}.")
        backwards = self.last is not None or (self.first is None and self.before is not None)
        wanted = self.last if backwards else self.first
        size = DEFAULT_SIZE if wanted is None else wanted
        step = _STEPS[bisect_left(_STEPS, size)]
        self.__dict__.update(backwards=backwards, size=size, step=step)


@dataclass(frozen=True)
class Order:
    """A total order: columns as Django writes them (`-` descends), none null, the last one unique.

    `name` is signed into cursors, so that one of another order is refused.
    """

    name: str
    columns: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.lstrip("-") for column in self.columns)

    def reversed(self) -> tuple[str, ...]:
        return tuple(c[1:] if c.startswith("-") else f"-{c}" for c in self.columns)

    def beyond(self, key: Key, *, forward: bool, inclusive: bool = False) -> Q:
        """Rows after `key` (or before it), as (a > x) or (a = x and b > y) ...

        The first column is bounded once more by itself: an OR is no place where an index can start.
        """
        condition, equal = Q(), Q()
        for column, value in zip(self.columns, key, strict=True):
            name = column.lstrip("-")
            ascending = column.startswith("-") is not forward
            condition |= equal & Q(**{f"{name}__{'gt' if ascending else 'lt'}": value})
            equal &= Q(**{name: value})
        column, value = self.columns[0], key[0]
        ascending = column.startswith("-") is not forward
        bound = Q(**{f"{column.lstrip('-')}__{'gte' if ascending else 'lte'}": value})
        return bound & (condition | equal if inclusive else condition)
