"""Ids to records: the second step of every read.

A record is a `NamedTuple` whose fields are columns (or annotations) of a queryset. A loader reads
many of them with one SQL text, `WHERE id = ANY(...)`, and applies the viewer's visibility there.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from pinboard.postgres.statements import Rows, Statement
from pinboard.related import Breadth, Bringing, Columns, Related, RelatedRecord, Wanted
from pinboard.sql import (
    IDS,
    VIEWER,
    Later,
    array,
    as_viewer,
    compile_queryset,
    fill,
    numbered,
)

Record = TypeVar("Record", bound=tuple[Any, ...])
VisibleQuery = Callable[[RawSQL], "QuerySet[Any, Any]"]


class Loader(Generic[Record]):
    """Loads records of one kind.

    `record`: a `NamedTuple` class whose first field is `id`. `visible`: gives, for an expression
    that stands for the viewer's id, the queryset of all that this viewer may see. Values come as
    the driver reads them: no field's own conversion is run. `related`: what a listing may have these
    records bring along. `brief`: the columns that lists mostly show; a listing of which no more is
    wanted reads these alone.
    """

    def __init__(
        self,
        record: type[Record],
        visible: VisibleQuery,
        related: Mapping[str, Related] = MappingProxyType({}),
        brief: tuple[str, ...] = (),
    ) -> None:
        if record._fields[0] != "id":  # type: ignore[attr-defined]
            raise TypeError(f"{record.__name__}: the first field of a record is `id`")
        self.record = record
        self.columns: tuple[str, ...] = record._fields  # type: ignore[attr-defined]
        # `record._make` without its check of the length, which the statement fixes.
        self.make: Callable[[Sequence[Any]], Record] = partial(tuple.__new__, record)
        self.rows = visible
        self.related = related
        self._whole = Columns(self.columns, self.make)
        self._brief = Columns(brief, partial(tuple.__new__, namedtuple(record.__name__, brief)))

    @cached_property
    def kind(self) -> int:
        """The kind that the ids of these records have."""
        kind: int = self.rows(VIEWER.expression()).model._meta.pk.kind
        return kind

    @cached_property
    def _statement(self) -> tuple[str, list[Any]]:
        wanted = self.rows(VIEWER.expression()).filter(pk__any=IDS)
        return numbered(*compile_queryset(wanted.order_by().values_list(*self.columns)))

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

    def breadth(self, wanted: Wanted) -> Breadth:
        """How much of these records has to be read. Found out once for what a plan asks."""
        return _breadth(self, wanted)

    def bringing(self, breadth: Breadth) -> Bringing:
        """How to read records of some breadth."""
        along = [(self.related[name], name, is_brief) for name, is_brief in breadth.related]
        names = self.width(breadth.is_brief).names
        return Bringing(self.record.__name__, names, along)

    def width(self, is_brief: bool) -> Columns:
        """The brief columns, or all."""
        return self._brief if is_brief else self._whole

    def at(self, path: str) -> RelatedRecord:
        """This loader's record at the end of a foreign key of another's."""
        return RelatedRecord(path, self.width)


@lru_cache(maxsize=1_000)
def _breadth(loader: Loader[Any], wanted: Wanted) -> Breadth:
    along = [
        (name, loader.related[name].is_brief_for(one))
        for name, one in wanted.related.items()
        if name in loader.related
    ]
    return Breadth(wanted.is_within(loader.width(True).names), tuple(along))
