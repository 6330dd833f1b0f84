"""What comes along with a page's records, so that it need not be read after them.

It is `select_related` for records: a listing joins the tables of what a record leads to, and each
record brings the ones that it is related to. Which those are is for each reader to say; a resolver
takes what is there and reads the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from django.db.models import Case, Q, Value, When
from django.db.models.expressions import Combinable

from pinboard.visibility import Guard

Make = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True)
class RelatedRecord:
    """A record at the end of a foreign key. `guard`: that of its table; none where it is seen by
    whoever sees what leads to it."""

    path: str
    columns: tuple[str, ...]
    make: Make
    guard: Guard | None = None

    def expressions(self, viewer: Any) -> list[Any]:
        """What to select: whether the viewer sees it, then its columns."""
        seen = (
            Q(pk__isnull=False) if self.guard is None else self.guard.through(self.path).q(viewer)
        )
        flag = Case(When(seen, then=Value(True)), default=Value(False))
        return [flag, *(f"{self.path}__{column}" for column in self.columns)]

    def read(self, values: Sequence[Any]) -> Any:
        return self.make(values[1:]) if values[0] else None


@dataclass(frozen=True)
class RelatedValue:
    """A value that an expression gives."""

    expression: Combinable

    def expressions(self, _viewer: Any) -> list[Any]:
        """What to select."""
        return [self.expression]

    def read(self, values: Sequence[Any]) -> Any:
        return values[0]


Related = RelatedRecord | RelatedValue


class Bringing:
    """Makes records that bring some of their related ones; `related` takes these out."""

    def __init__(self, record: type[Any], related: dict[str, Related], viewer: Any) -> None:
        self.expressions: list[Any] = list(record._fields)
        self._width = len(self.expressions)
        self._parts: dict[str, _Part] = {}
        for name, one in related.items():
            start = len(self.expressions)
            self.expressions += one.expressions(viewer)
            self._parts[name] = _Part(slice(start, len(self.expressions)), one.read)
        brought = {"parts": self._parts, "row": None}
        self._new = partial(tuple.__new__, type(record.__name__, (record,), brought))

    def make(self, row: Sequence[Any]) -> Any:
        """A record of one row of the expressions."""
        record: Any = self._new(row[: self._width])
        record.row = row
        return record


class _Part(NamedTuple):
    """Which values of a row are one related thing, and how to read them."""

    place: slice
    read: Make


def related(records: Sequence[Any], name: str) -> list[Any] | None:
    """What these records, all of one page, brought along as `name`; None where they brought none."""
    part = getattr(records[0], "parts", {}).get(name) if records else None
    if part is None:
        return None
    place, read = part
    return [read(record.row[place]) for record in records]
