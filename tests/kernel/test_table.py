"""Tables: what is read by columns is what each object would say."""

from collections import namedtuple

import pytest
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from pinboard.related import Bringing, RelatedValue, related
from pinboard.table import Layout, Lists, Table, column, joined, places

Pin = namedtuple("Pin", "id title")
Author = namedtuple("Author", "name age")
START = 2

AUTHORS = Layout(places(Author._fields), lambda values: Author(*values[:2]))
PINS = Layout(
    places(Pin._fields),
    lambda values: Pin(*values[:2]),
    {"author": lambda rows: rows.within(START, AUTHORS)},
)
ROWS = st.lists(st.tuples(st.integers(), st.text(), st.text(), st.integers()), max_size=6)
BOUND = st.none() | st.integers(-7, 7)


@given(rows=ROWS)
def test_columns_are_the_objects_attributes(rows):
    pins = Table.of(rows, PINS)
    authors = column(pins, "author") if rows else []
    assert list(pins) == [Pin(*row[:2]) for row in rows]
    assert list(authors) == [Author(*row[2:]) for row in rows]
    for table, names in ((pins, Pin._fields), (authors, Author._fields)):
        assert len(table) == len(rows)
        for name in names if rows else ():
            assert list(column(table, name)) == [getattr(one, name) for one in table]


@given(rows=ROWS.filter(len), start=BOUND, stop=BOUND)
def test_a_part_is_a_table_of_the_same(rows, start, stop):
    for table in (Table.of(rows, PINS), column(Table.of(rows, PINS), "author")):
        part = table[start:stop]
        assert list(part) == list(table)[start:stop]
        if part:
            names = part[0]._fields
            assert [list(column(part, name)) for name in names] == list(
                map(list, zip(*part, strict=True))
            )


@given(first=ROWS, second=ROWS)
def test_tables_that_are_alike_are_joined_to_one(first, second):
    tables = [Table.of(rows, PINS) for rows in (first, second)]
    whole = joined(tables)
    assert list(whole) == [*tables[0], *tables[1]]
    assert isinstance(whole, Table) == bool(first or second)
    authors = [column(table, "author") for table in tables if table]
    assert list(joined(authors)) == [one for table in authors for one in table]


@given(lists=st.lists(ROWS | ROWS.map(lambda rows: Table.of(rows, PINS)), max_size=4))
def test_lists_of_one_flat_list_are_the_lists(lists):
    together = Lists.of(lists)
    assert list(map(list, together)) == list(map(list, lists))
    assert list(together.flat) == [one for some in lists for one in some]
    assert Lists.of(together) is together
    numbers = together.holding(range(len(together.flat)))
    assert [len(one) for one in numbers] == [len(one) for one in lists]
    assert [number for one in numbers for number in one] == list(range(len(together.flat)))


def test_what_is_not_alike_is_a_list():
    pins, authors = Table.of([(1, "a", "b", 2)], PINS), Table.of([("c", 3)], AUTHORS)
    assert joined([pins, authors, [7]]) == [Pin(1, "a"), Author("c", 3), 7]
    assert joined([]) == joined([[], []]) == []


def test_one_object_is_made_without_the_others():
    made = []
    layout = Layout(places(["id"]), lambda row: made.append(row) or row[0])
    table = Table.of([(1,), (2,), (3,)], layout)
    assert (table[1], table[-1], made) == (2, 3, [(2,), (3,)])
    made.clear()
    assert (list(table), list(table), table[0], len(made)) == ([1, 2, 3], [1, 2, 3], 1, 3)


def test_an_attribute_that_no_column_has_is_each_objects():
    class Named(namedtuple("Named", "name")):
        @property
        def shouted(self):
            return self.name.upper()

    table = Table.of([("a",), ("b",)], Layout(places(["name"]), Named._make))
    assert (table.column("shouted"), column(table, "shouted")) == (None, ["A", "B"])
    assert column([Named("c")], "name") == ["c"]
    with pytest.raises(AttributeError):
        column(table, "unknown")


def test_records_of_different_pages_bring_nothing_together():
    """What stands in the same place of their rows is not the same thing."""
    score, name = RelatedValue(F("score")), RelatedValue(F("name"))
    one = Bringing("One", ["id"], [(score, "score", False)]).layout
    other = Bringing("Other", ["id"], [(name, "name", False), (score, "score", False)])
    alike = [*Table.of([(1, 10)], one), *Table.of([(2, 20)], one)]
    assert related(alike, "score") == (10, 20)
    assert related([*alike, *Table.of([(3, "Ada", 30)], other.layout)], "score") is None
