"""Lists in Postgres: pages of many parents, each read by one statement that is compiled once."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from pinboard.errors import BadInput
from pinboard.paging import compiling
from pinboard.paging.compiling import PARENTS, ROWS, Compiled
from pinboard.paging.pages import Page
from pinboard.paging.reading import cut, gathered, grouped
from pinboard.paging.windows import Key, Order, Window
from pinboard.postgres.statements import Rows, Statement
from pinboard.records import Loader
from pinboard.related import EVERYTHING, Breadth, Wanted
from pinboard.sql import Later, array, fill

# Statements of named listings. When there are more, they are compiled anew.
_MAX_KEPT = 1_000
_kept: dict[tuple[Any, ...], Compiled] = {}


class Listing(NamedTuple):
    """The rows that hang on a parent.

    `rows_of`: gives, for an expression that stands for the parent's id, the rows that the viewer
    may see. `node`: the column that holds the listed object's id. `loader`: where these rows are
    those of a loader, with its visibility and all of its columns, they come along with the page.
    `values`: what belongs into the `Slot`s of these rows. `name`: where there is one, statements are
    compiled once for all listings of that name, which may differ in their values only.
    """

    rows_of: Callable[[RawSQL], "QuerySet[Any, Any]"]
    order: Order
    node: str = "id"
    loader: Loader[Any] | None = None
    values: Mapping[str, Any] = MappingProxyType({})
    name: str | None = None

    def pages(
        self,
        parents: Sequence[int],
        window: Window,
        wanted: Wanted = EVERYTHING,
        below: "Below | None" = None,
    ) -> Later[Sequence[Page]]:
        """A page for each parent, in one statement.

        `wanted`: what is asked of its records, which bring along what their loader knows of it. `below`: a
        list that hangs on them, and that this one `may_bring`; `reading.brought` has their pages of it.
        """
        breadth = self._breadth(wanted)
        shape = (window.backwards, window.after is None, window.before is None, window.step)
        compiled = self._once(
            ("pages", *shape, breadth, None if below is None else below.shape),
            lambda: compiling.pages(self, window, breadth, below),
        )
        values = {
            **self.values,
            PARENTS.name: array(parents),
            ROWS.name: window.size + 1,
            **_bound("after", compiled.fields, window.after),
            **_bound("before", compiled.fields, window.before),
        }
        layout = compiled.layout

        def make(found: Rows) -> Sequence[Page]:
            if below is not None:
                found = gathered(found, layout.places["id"], compiled.width)
            return cut(grouped(found, len(parents)), window, layout)

        return Later(self._statement(compiled, values), make)

    def counts(self, parents: Sequence[int]) -> Later[list[int]]:
        """How many rows each parent has, in one statement."""
        compiled = self._once(("counts",), lambda: compiling.counts(self))
        statement = self._statement(compiled, {**self.values, PARENTS.name: array(parents)})
        return Later(statement, lambda found: [count for (count,) in found])

    def may_bring(self, below: "Below") -> bool:
        """Whether the page of a list below can come along with each record: both are texts that are kept, of
        the same values, and the one below begins at an end of its list."""
        listing, window = below.listing, below.window
        return (
            self.loader is not None
            and None not in (self.name, listing.name)
            and self.values == listing.values
            and window.after is None
            and window.before is None
        )

    def _breadth(self, wanted: Wanted) -> Breadth | None:
        return None if self.loader is None else self.loader.breadth(wanted)

    def _statement(self, compiled: Compiled, values: Mapping[str, Any]) -> Statement:
        return Statement(compiled.sql, fill(compiled.params, values), self.name is not None)

    def _once(self, shape: tuple[Any, ...], make: Callable[[], Compiled]) -> Compiled:
        if self.name is None:
            return make()
        key = (self.name, self.order.name, *shape)
        compiled = _kept.get(key)
        if compiled is None:
            compiled = make()
            if len(_kept) >= _MAX_KEPT:
                _kept.clear()
            _kept[key] = compiled
        return compiled


class Below(NamedTuple):
    """A list that is asked for below the records of another one's pages."""

    listing: Listing
    window: Window
    wanted: Wanted = EVERYTHING

    @property
    def breadth(self) -> Breadth | None:
        """Which columns of its records are read."""
        return self.listing._breadth(self.wanted)

    @property
    def shape(self) -> tuple[Any, ...]:
        """What the text of a statement with it depends on."""
        listing, window = self.listing, self.window
        return listing.name, listing.order.name, window.backwards, window.step, self.breadth


def _bound(name: str, fields: Sequence[Any], key: Key | None) -> dict[str, Any]:
    """A cursor's values. Those of the wrong types come of an order that was changed since."""
    if key is None:
        return {}
    try:
        return {
            f"{name}.{number}": one.get_prep_value(one.to_python(value))
            for number, (one, value) in enumerate(zip(fields, key, strict=True))
        }
    except (TypeError, ValueError, ValidationError):
        raise BadInput("The cursor is out of date. Begin anew, without it.") from None
