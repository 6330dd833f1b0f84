"""Ids to records: the second step of every read.

A record is a `NamedTuple` whose fields are columns (or annotations) of a queryset. A loader reads
many of them with one SQL text, `WHERE id = ANY(...)`, and applies the viewer's visibility there.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from pinboard.sql import IDS, VIEWER, as_viewer, compile_queryset, fill, rows

Record = TypeVar("Record", bound=tuple[Any, ...])
VisibleQuery = Callable[[RawSQL], "QuerySet[Any, Any]"]


class Loader(Generic[Record]):
    """Loads records of one kind.

    `record`: a `NamedTuple` class whose first field is `id`. `visible`: gives, for an expression
    that stands for the viewer's id, the queryset of all that this viewer may see. Values come as
    the driver reads them: no field's own conversion is run, and JSON is a text.
    """

    def __init__(self, record: type[Record], visible: VisibleQuery) -> None:
        if record._fields[0] != "id":  # type: ignore[attr-defined]
            raise TypeError(f"{record.__name__}: the first field of a record is `id`")
        self.record = record
        self._visible = visible

    @cached_property
    def _statement(self) -> tuple[str, list[Any]]:
        names: tuple[str, ...] = self.record._fields  # type: ignore[attr-defined]
        queryset = self._visible(VIEWER.expression())
        queryset = queryset.filter(pk__any=IDS).order_by().values_list(*names)
        return compile_queryset(queryset)

    def load(self, viewer: int | None, ids: Sequence[int | None]) -> list[Record | None]:
        """One record for each id, in order; None for an id that is unknown or not to be seen."""
        wanted = list({value for value in ids if value is not None})
        if not wanted:
            return [None] * len(ids)
        sql, params = self._statement
        values = {**as_viewer(viewer), IDS.name: wanted}
        make = self.record._make  # type: ignore[attr-defined]
        found = {row[0]: make(row) for row in rows(sql, fill(params, values))}
        return [found.get(value) if value is not None else None for value in ids]

    def one(self, viewer: int | None, value: int) -> Record | None:
        """The record of one id."""
        return self.load(viewer, [value])[0]
