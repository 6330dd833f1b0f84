"""Reads: the newest pins of many people and boards at once, for those who follow them."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.pins.models import Pin
from pinboard.postgres.statements import Statement
from pinboard.sql import VIEWER, Later, Slot, array, as_viewer, compile_queryset, fill

# From the newest few of each source follows an id from which on there are enough. Where sources pin many at a
# time there are many more than enough: the second look counts them, in the indexes alone. What is found by its
# owner and by its board counts twice, since to find that out is to sort them all.
_FLOOR = """
WITH far AS MATERIALIZED (
    SELECT id FROM (
        SELECT pin.id FROM unnest($1::bigint[]) AS source(id) CROSS JOIN LATERAL (
            SELECT id FROM pins_pin WHERE owner_id = source.id ORDER BY id DESC LIMIT $3) AS pin
        UNION
        SELECT pin.id FROM unnest($2::bigint[]) AS source(id) CROSS JOIN LATERAL (
            SELECT id FROM pins_pin WHERE board_id = source.id ORDER BY id DESC LIMIT $3) AS pin
    ) AS found ORDER BY id DESC OFFSET $4 LIMIT 1
)
SELECT coalesce((
    SELECT id FROM (
        SELECT pin.id FROM unnest($1::bigint[]) AS source(id) CROSS JOIN LATERAL (
            SELECT id FROM pins_pin WHERE owner_id = source.id AND id >= (SELECT id FROM far)
            ORDER BY id DESC LIMIT $5) AS pin
        UNION ALL
        SELECT pin.id FROM unnest($2::bigint[]) AS source(id) CROSS JOIN LATERAL (
            SELECT id FROM pins_pin WHERE board_id = source.id AND id >= (SELECT id FROM far)
            ORDER BY id DESC LIMIT $5) AS pin
    ) AS found ORDER BY id DESC OFFSET $5 - 1 LIMIT 1
), (SELECT id FROM far), 0)
"""
_NEWEST_ACROSS = """
SELECT id FROM (
    SELECT pin.id FROM unnest(%s::bigint[]) AS source(id) CROSS JOIN LATERAL ({of_owner}) AS pin
    UNION
    SELECT pin.id FROM unnest(%s::bigint[]) AS source(id) CROSS JOIN LATERAL ({of_board}) AS pin
) AS found ORDER BY id DESC LIMIT {limit}
"""
_PEOPLE, _BOARDS, _LOWEST = Slot("people"), Slot("boards"), Slot("lowest")
# Pins of each source that are looked at to find how far back to read, as a multiple of its share.
_SHARES = 4
# So many times as many as are wanted are read with their visibility: half of them may not count, or twice.
_SPARE = 2


def newest_across(
    among: Callable[[Any], QuerySet[Pin]],
    viewer_id: int,
    people: Sequence[int],
    boards: Sequence[int],
    limit: int,
) -> list[int]:
    """The newest pins by these people and on these boards.

    `among`: gives, for an expression of the viewer, the pins that count; a function of a module,
    since its statement is kept. Two statements; one where there is a single source; three where many
    pins do not count. The first finds in the indexes alone how far back to read, so that a source
    of which nothing is among the newest costs no more than a look.
    """
    sources = len(people) + len(boards)
    lowest = _lowest(people, boards, limit) if sources > 1 else 0
    found = _newest_since(among, viewer_id, people, boards, limit, lowest)
    if lowest and len(found) < limit:
        return _newest_since(among, viewer_id, people, boards, limit, 0)
    return found


def _lowest(people: Sequence[int], boards: Sequence[int], limit: int) -> int:
    """An id from which on there are at least `limit` pins of these sources, and seldom more than twice as
    many; 0 if there may be fewer."""
    each = min(limit, max(_SHARES, _SHARES * limit // (len(people) + len(boards))))
    params = [array(people), array(boards), each, limit - 1, _SPARE * limit]
    found: int = Later(Statement(_FLOOR, params), lambda rows: rows[0][0]).get()
    return found


def _newest_since(
    among: Callable[[Any], QuerySet[Pin]],
    viewer_id: int,
    people: Sequence[int],
    boards: Sequence[int],
    limit: int,
    lowest: int,
) -> list[int]:
    sql, params = _newest_statement(among, limit)
    values = {
        **as_viewer(viewer_id),
        _PEOPLE.name: array(people),
        _BOARDS.name: array(boards),
        _LOWEST.name: lowest,
    }
    statement = Statement(sql, fill(params, values))
    return Later(statement, lambda found: [pin for (pin,) in found]).get()


@cache
def _newest_statement(among: Callable[[Any], QuerySet[Pin]], limit: int) -> tuple[str, list[Any]]:
    source = RawSQL("source.id", ())
    since = among(VIEWER.expression()).filter(pk__gte=_LOWEST.expression())
    newest = since.order_by("-id").values_list("id")
    of_owner, owner_params = compile_queryset(newest.filter(owner_id=source)[:limit])
    of_board, board_params = compile_queryset(newest.filter(board_id=source)[:limit])
    sql = _NEWEST_ACROSS.format(of_owner=of_owner, of_board=of_board, limit=limit)
    return sql, [_PEOPLE, *owner_params, _BOARDS, *board_params]
