"""Ids to records: the second step of every read.

A record is a `NamedTuple` whose fields are columns (or annotations) of a queryset. A loader reads
many of them with one SQL text, `WHERE id = ANY(...)`, and applies the viewer's visibility there.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from pinboard.postgres.statements import Rows, Statement
from pinboard.sql import IDS, VIEWER, Later, array, as_viewer, compile_queryset, fill

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
        self.columns: tuple[str, ...] = record._fields  # type: ignore[attr-defined]
        self.make: Callable[[Sequence[Any]], Record] = record._make  # type: ignore[attr-defined]
        self.rows = visible

    @cached_property
    def _statement(self) -> tuple[str, list[Any]]:
        wanted = self.rows(VIEWER.expression()).filter(pk__any=IDS)
        return compile_queryset(wanted.order_by().values_list(*self.columns))

    def load(self, viewer: int | None, ids: Sequence[int | None]) -> Later[list[Record | None]]:
        """One record for each id, in order; None for an id that is unknown or not to be seen."""
        wanted = {value for value in ids if value is not None}
        if not wanted:
            return Later.known([None] * len(ids))
        sql, params = self._statement
        values = {**as_viewer(viewer), IDS.name: array(wanted)}

        def in_order(rows: Rows) -> list[Record | None]:
            found: dict[int | None, Record] = {row[0]: self.make(row) for row in rows}
            return [found.get(value) for value in ids]

        return Later(Statement(sql, fill(params, values)), in_order)
