"""Reads: what is true of many pins for a viewer, in one statement, as numbers.

It tells, and does not filter: `ranking.rules` decides, so a page and the staff's explanation of it go by
the same facts. A thousand rows of a dozen columns take longer to read into Python than to find;
so Postgres packs them into one value, which numpy takes as it is.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from apps.feed.counting import IMPRESSIONS
from apps.feed.models import Closeness, HiddenPin, SeenFewer
from apps.feed.ranking.facts import Fact, Facts, Flag
from apps.follows.selectors import followed, followed_board, followed_topics
from apps.pins.selectors import judged, topics_among
from apps.users.visibility import muted
from pinboard.counters.counts import total_of
from pinboard.postgres.statements import Statement
from pinboard.sql import IDS, VIEWER, Later, array, as_viewer, compile_queryset, fill, flag

_FLAGS = {
    "is_visible": Flag.VISIBLE,
    "is_own": Flag.OWN,
    "is_muted": Flag.MUTED,
    "is_hidden": Flag.HIDDEN,
    "is_saved": Flag.SAVED,
    "is_followed": Flag.FOLLOWED,
    "is_board_followed": Flag.BOARD_FOLLOWED,
    "is_fewer": Flag.FEWER,
}


def facts_of(viewer_id: int, pin_ids: Sequence[int]) -> Facts:
    """What is true of these pins, in no order; of one that is gone there is no row. One statement."""
    sql, params = _statement()
    values = {**as_viewer(viewer_id), IDS.name: array(pin_ids)}
    statement = Statement(sql, fill(params, values))
    return Later(statement, lambda found: Facts.unpack(found[0][0])).get()


@cache
def _statement() -> tuple[str, list[Any]]:
    told = _told(VIEWER.expression()).filter(pk__any=IDS)
    columns = Fact._fields[:-1]
    names = [*columns, *_FLAGS]
    rows, params = compile_queryset(told.values_list(*names))
    bits = " + ".join(f"{name}::int * {bit}" for name, bit in _FLAGS.items())
    packed = " || ".join(f"int8send({value})" for value in (*columns, f"({bits})::bigint"))
    return (
        f"SELECT string_agg({packed}, ''::bytea) "  # noqa: S608 - texts of ours and of Django
        f"FROM ({rows}) AS fact({', '.join(names)})",
        params,
    )


def _told(viewer: Any) -> QuerySet[Any]:
    closeness = Closeness.objects.filter(person_id=viewer, author_id=OuterRef("owner_id"))
    return judged(viewer).annotate(
        line_id=F("line"),
        topic_id=_or_0(Subquery(topics_among(OuterRef("id"), followed_topics(viewer))[:1])),
        impressions=total_of(IMPRESSIONS, "line"),
        author_saves=_or_0(Subquery(closeness.values("saves")[:1])),
        author_opens=_or_0(Subquery(closeness.values("opens")[:1])),
        is_muted=flag(muted(viewer, "owner_id")),
        is_hidden=flag(_hidden(viewer)),
        is_followed=flag(followed(viewer)),
        is_board_followed=flag(followed_board(viewer)),
        is_fewer=flag(_fewer(viewer)),
    )


def _or_0(value: Combinable) -> Combinable:
    return Coalesce(Cast(value, BigIntegerField()), 0)


def _hidden(viewer: Any) -> Q:
    return Q(Exists(HiddenPin.objects.filter(person_id=viewer, line_id=OuterRef("line"))))


def _fewer(viewer: Any) -> Q:
    mine = SeenFewer.objects.filter(person_id=viewer)
    return (
        Q(Exists(mine.filter(subject_id=OuterRef("owner_id"))))
        | Q(Exists(mine.filter(subject_id=OuterRef("board_id"))))
        | Q(Exists(topics_among(OuterRef("id"), mine.values("subject_id"))))
    )
