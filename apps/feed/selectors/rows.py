"""The rows of the home feed's pages: entries of a scroll, with why they are there."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from apps.feed.ranking.facts import Facts
from apps.feed.selectors.reasons import Why, why
from pinboard.paging import Key, Order, Row
from pinboard.table import Layout, Reader, Table, Values, column

RANKED = Order("feed.home", ("scroll", "place"))


class Entry(NamedTuple):
    """An entry of a scroll that may be shown. `place`: in the scroll; `pin_id`: the best of its copies
    that may be shown, offered by the sources `offers`; `rows`: of all of these in `facts`."""

    place: int
    pin_id: int
    offers: int
    facts: Facts
    rows: list[int]

    @property
    def why(self) -> Why | None:
        """Why the best of its copies is there, and who has the others."""
        best, *copies = map(self.facts.at, self.rows)
        return why(best, self.offers, copies)


class FeedRow(NamedTuple):
    """A `Row` that knows why it is there."""

    id: int
    key: Key
    order: Order
    record: object
    entry: Entry

    @property
    def why(self) -> Why | None:
        """Why its pin is there."""
        return self.entry.why


def shown(rows: list[FeedRow], found: Sequence[Row]) -> Sequence[Row]:
    """The rows whose pins were found, in order, with what was found of these."""
    if not isinstance(found, Table):
        return []
    found_of = dict(zip(column(found, "id"), found.rows, strict=True))
    shown = [(*found_of[row.id], row) for row in rows if row.id in found_of]
    return Table.of(shown, _layout(found.layout))


@lru_cache(maxsize=100)
def _layout(found: Layout) -> Layout:
    """How to read rows that were found, each with its `FeedRow` behind."""

    def make(values: Values) -> FeedRow:
        row: FeedRow = values[-1]
        return row._replace(record=found.make(values[:-1]).record)

    readers: dict[str, Reader] = {
        "key": lambda rows: [row.key for row in rows.at(-1)],
        "order": lambda rows: [RANKED] * len(rows),
        "record": found.readers["record"],
    }
    return Layout(found.places, make, readers)
