"""What comes along with a page's records, so that it need not be read after them.

It is `select_related` for records: a listing joins the tables of what a record leads to, and each
record brings the ones that it is related to. Which those are is for each reader to say; a resolver
takes what is there and reads the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

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

    def read(self, rows: list[Sequence[Any]], start: int) -> list[Any]:
        """The records in rows of which the expressions begin at `start`; None where it is not seen."""
        first, end, make = start + 1, start + 1 + len(self.columns), self.make
        return [make(row[first:end]) if row[start] else None for row in rows]


@dataclass(frozen=True)
class RelatedValue:
    """A value that an expression gives."""

    expression: Combinable

    def expressions(self, _viewer: Any) -> list[Any]:
        """What to select."""
        return [self.expression]

    def read(self, rows: list[Sequence[Any]], start: int) -> list[Any]:
        """The values in rows of which the expressions begin at `start`."""
        return [row[start] for row in rows]


Related = RelatedRecord | RelatedValue


class Bringing:
    """Makes records that bring some of their related ones; `related` takes these out."""

    def __init__(self, record: type[Any], related: dict[str, Related], viewer: Any) -> None:
        self.expressions: list[Any] = list(record._fields)
        self._width = len(self.expressions)
        parts: dict[str, tuple[Related, int]] = {}
        for name, one in related.items():
            parts[name] = one, len(self.expressions)
            self.expressions += one.expressions(viewer)
        brought = {"parts": parts, "row": None}
        self._new = partial(tuple.__new__, type(record.__name__, (record,), brought))

    def make(self, row: Sequence[Any]) -> Any:
        """A record of one row of the expressions."""
        record: Any = self._new(row[: self._width])
        record.row = row
        return record


def related(records: Sequence[Any], name: str) -> list[Any] | None:
    """What these records, all of one page, brought along as `name`; None where they brought none."""
    part = getattr(records[0], "parts", {}).get(name) if records else None
    if part is None:
        return None
    one, start = part
    found: list[Any] = one.read([record.row for record in records], start)
    return found
