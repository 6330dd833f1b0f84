"""Objects as the engine has them from Postgres: rows of a table, with no more columns than are asked
for, which bring along what they are related to. graphql-core has the objects themselves."""

from collections import namedtuple

from django.db.models import F

from pinboard.related import Bringing, Columns, RelatedRecord, RelatedValue
from pinboard.table import Table
from tests.engine.choices import Thing

BRIEF = ("number", "choices")
WIDE = (*BRIEF, "name", "label")
# What stands before the objects in some rows.
BEFORE = ("something", "else")


def _columns(is_brief):
    names = BRIEF if is_brief else WIDE
    return Columns(names, namedtuple("Row", names)._make)


RELATED = {"friend": RelatedRecord("friend", _columns), "rank": RelatedValue(F("rank"))}


def as_found(things, info, *paths):
    """Objects as the executor that asks would have them: of one that says what is `wanted`, a table."""
    if not hasattr(info, "wanted") or not all(type(one) is Thing for one in things) or not things:
        return things
    return _table(things, info.wanted(*paths))


def _table(things, wanted):
    choice = things[0].choices.choose("table", things[0].number)
    is_brief = wanted.is_within(BRIEF)
    layout, related = _columns(is_brief).layout, []
    if wanted.related and choice % 3:
        related = [(one, RELATED[one].is_brief_for(asked)) for one, asked in wanted.related.items()]
        brought = [(RELATED[name], name, brief) for name, brief in related]
        layout = Bringing("Row", BRIEF if is_brief else WIDE, brought).layout
    before = BEFORE if choice % 2 else ()
    rows = [(*before, *_values(one, is_brief), *_along(one, related)) for one in things]
    return Table.of(rows, layout, len(before))


def _values(thing, is_brief):
    return [_value(thing, name) for name in (BRIEF if is_brief else WIDE)]


def _value(thing, name):
    try:
        return getattr(thing, name)
    except Exception as error:
        return error


def _along(thing, related):
    """What comes along with an object: of a record its columns."""
    for name, is_brief in related:
        found = getattr(thing, name)
        if name == "rank":
            yield found
        elif found is None:
            yield from [None for _ in (BRIEF if is_brief else WIDE)]
        else:
            yield from _values(found, is_brief)
