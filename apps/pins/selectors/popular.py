"""Reads: the lines that are saved most, weighed by how long ago."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from apps.pins.models import Pin
from pinboard.ids.layout import COUNTER_BITS, EPOCH, KIND_BITS, SHARD_BITS, first_id_at
from pinboard.sql import Slot, compile_queryset, fill, rows

# Entries of a list, and how many of them one author may have.
MAX_ENTRIES = 100
MAX_OF_AUTHOR = 3
# What a profile says of country and language is free text within a pattern: lists beyond are left out.
_MAX_LISTS = 1_000
# First pins that are looked at to fill a list up with.
_MAX_FIRST_PINS = 2_000

# Country and language are null where a list is for all of them, and empty where nobody said. Postgres expects
# three rows of `weighed`, whatever their number, and would join them to themselves row by row, which took ten
# seconds for 15,000: so a window gives each its line's newest save.
_POPULAR = f"""
WITH recent (id, line, country, tag) AS MATERIALIZED ({{recent}}),
saves AS (SELECT id, line, country, split_part(tag, '-', 1) AS language FROM recent),
weighed AS (
    SELECT line, country, language, max(id) AS newest, sum(power(0.5::float8,
        greatest(%s - (id >> {COUNTER_BITS + SHARD_BITS + KIND_BITS}), 0) / %s::float8)) AS score
    FROM saves GROUP BY GROUPING SETS ((line), (line, country), (line, language))
    HAVING country IS DISTINCT FROM '' AND language IS DISTINCT FROM ''
),
of_lines AS (
    SELECT line, country, language, score, max(newest) OVER (PARTITION BY line) AS newest FROM weighed
),
shown AS (
    SELECT country, language, score, pin.id, pin.owner_id
    FROM of_lines
    LEFT JOIN pins_pin AS first ON first.id = of_lines.line AND first.is_listed
    JOIN pins_pin AS pin ON pin.id = coalesce(first.id, of_lines.newest)
),
of_authors AS (
    SELECT country, language, score, id, owner_id, row_number() OVER (
        PARTITION BY country, language, owner_id ORDER BY score DESC, id DESC) AS place
    FROM shown
),
placed AS (
    SELECT country, language, id, owner_id, row_number() OVER (
        PARTITION BY country, language ORDER BY score DESC, id DESC) AS place
    FROM of_authors WHERE place <= {MAX_OF_AUTHOR}
)
SELECT coalesce(country, language, ''), array_agg(id ORDER BY place), array_agg(owner_id ORDER BY place)
FROM placed WHERE place <= {MAX_ENTRIES} GROUP BY country, language
ORDER BY coalesce(country, language) IS NOT NULL, count(*) DESC, 1 LIMIT {_MAX_LISTS}
"""  # noqa: S608 - all of it is ours
_SINCE, _NOW, _HALF_LIFE = Slot("since"), Slot("now"), Slot("half_life")


class PopularList(NamedTuple):
    """The most popular lines, by one pin of each, the most popular first.

    `scope`: a country, in capitals, or a language, in small letters, whose people's saves count; empty
    where everybody's do.
    """

    scope: str
    pins: list[int]
    owners: list[int]


def popular_pins(
    now: datetime, *, window: timedelta, half_life: timedelta, max_saves: int
) -> list[PopularList]:
    """The lines that were saved most within `window`, everywhere first, then by country and language.

    Of a world that saves more than `max_saves` in the window, the newest of these are weighed.

    A save that everybody sees counts 1 when it is made, and half of that after each half-life. A line
    is shown by its first pin if everybody sees that, else by its newest save; whoever's that is has
    three lines in a list at most. One statement.
    """
    sql, params = _popular_statement(max_saves)
    values = {
        _SINCE.name: first_id_at(now - window),
        _NOW.name: (now - EPOCH) // timedelta(milliseconds=1),
        _HALF_LIFE.name: half_life / timedelta(milliseconds=1),
    }
    return [PopularList._make(row) for row in rows(sql, fill(params, values))]


@cache
def _popular_statement(max_saves: int) -> tuple[str, list[Any]]:
    saves = Pin.objects.filter(
        pk__gte=_SINCE.expression(), root_id__isnull=False, is_listed=True
    ).order_by("-id")[:max_saves]
    columns = ("id", "root_id", "owner__country", "owner__language")
    recent, params = compile_queryset(saves.values_list(*columns))
    return _POPULAR.format(recent=recent), [*params, _NOW, _HALF_LIFE]


def newest_first_pins() -> list[tuple[int, int]]:
    """The newest first pins that everybody sees, and whose they are. One statement."""
    found = Pin.objects.filter(root_id=None, is_listed=True).order_by("-id")
    return list(found.values_list("id", "owner_id")[:_MAX_FIRST_PINS])


def filled_up(popular: Iterable[tuple[int, int]], newest: Iterable[tuple[int, int]]) -> list[int]:
    """A list as long as it may be: what is popular, then what is newest. Both: pins and their owners.

    An author has three of it at most, unless there are not enough others.
    """
    kept = dict(popular)
    of_author: dict[int, int] = {}
    for owner in kept.values():
        of_author[owner] = of_author.get(owner, 0) + 1
    spare = {}
    for pin, owner in newest:
        if of_author.get(owner, 0) < MAX_OF_AUTHOR and pin not in kept:
            of_author[owner] = of_author.get(owner, 0) + 1
            kept[pin] = owner
        else:
            spare[pin] = owner
    return list({**kept, **spare})[:MAX_ENTRIES]
