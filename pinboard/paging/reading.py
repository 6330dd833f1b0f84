"""What is made of the rows that the statement of a page gives."""

from collections.abc import Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from pinboard.paging.pages import Page, Pages, Row, cut_page
from pinboard.paging.windows import Order, Window
from pinboard.postgres.statements import Rows
from pinboard.table import Layout, Reader, Table, Values


def layout_of(
    order: Order, node: int, key: Sequence[int], start: int, record: Layout | None
) -> Layout:
    """How to read the entries of a page. `node`, `key`: where these are; `start`: where the record is."""

    def make(row: Values) -> Row:
        of_key = tuple([row[place] for place in key])
        return Row(row[node], of_key, order, record and record.make(row[start:]))

    def records(rows: Table) -> Sequence[Any]:
        return [None] * len(rows) if record is None else rows.within(start, record)

    readers: dict[str, Reader] = {
        "key": lambda rows: list(zip(*map(rows.at, key), strict=True)),
        "order": lambda rows: [order] * len(rows),
        "record": records,
    }
    return Layout({"id": node}, make, readers)


def grouped(found: Rows, parents: int) -> list[Rows]:
    """The rows of each parent. All come with its place, from 1, and each parent has some."""
    if parents == 1:
        return [found]
    groups: list[Rows] = [[] for _ in range(parents)]
    for place, rows in groupby(found, itemgetter(0)):
        groups[place - 1] += rows
    return groups


def gathered(found: Rows, node: int, width: int) -> Rows:
    """Rows of which each is an object's and one's of the list below it, as one for each object: its own
    columns, `width` of them, and behind them the rows of its list. Those of an object come one after the
    other, as the statement's lateral joins go from one to the next."""
    groups = [list(rows) for _, rows in groupby(found, itemgetter(0, node))]
    return [(*rows[0][:width], rows) for rows in groups]


def cut(groups: Sequence[Rows], window: Window, layout: Layout) -> Pages:
    """The page of each of some parents, of the rows that were read for it."""
    node = layout.places["id"]
    pages = [_page(rows, window, node) for rows in groups]
    flat = list(chain.from_iterable([page.rows for page in pages]))
    return Pages.of(pages, Table.of(flat, layout) if flat else [])


def brought(objects: Sequence[Any], window: Window) -> Pages | None:
    """The page below each of some objects, where it came along with them."""
    if not isinstance(objects, Table) or objects.layout.below is None:
        return None
    place, layout = objects.layout.below
    return cut(objects.at(place), window, layout)


def _page(rows: Rows, window: Window, node: int) -> Page:
    """The page of one parent, as it was read. It has a row at least, if only with the flags."""
    first = rows[0]
    behind = window.after is not None and first[1]
    ahead = window.before is not None and first[1 if window.after is None else 2]
    return cut_page([] if first[node] is None else rows, window, behind=behind, ahead=ahead)
