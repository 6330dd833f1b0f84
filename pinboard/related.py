"""What comes along with a page's records, so that it need not be read after them.

It is `select_related` for records: a listing joins the tables of what a record leads to, and each
record brings the ones that it is related to. Which those are is for each reader to say; a resolver
takes what is there and reads the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """Makes records that bring some of their related ones, in the attribute `related`."""

    def __init__(self, record: type[Any], related: dict[str, Related], viewer: Any) -> None:
        self._record: Any = type(record.__name__, (record,), {"related": None})
        self._width = len(record._fields)
        self.expressions: list[Any] = list(record._fields)
        self._parts: list[tuple[str, Callable[[Sequence[Any]], Any], slice]] = []
        for name, one in related.items():
            start = len(self.expressions)
            self.expressions += one.expressions(viewer)
            self._parts.append((name, one.read, slice(start, len(self.expressions))))

    def make(self, row: Sequence[Any]) -> Any:
        """A record of one row of the expressions."""
        record = self._record._make(row[: self._width])
        record.related = {name: read(row[part]) for name, read, part in self._parts}
        return record


def related(records: Sequence[Any], name: str) -> list[Any] | None:
    """What these records brought along as `name`; None where they brought none."""
    if not records:
        return None
    if name not in (getattr(records[0], "related", None) or ()):
        return None
    return [record.related[name] for record in records]
