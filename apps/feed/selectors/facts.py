"""Reads: what is true of many pins for a viewer, in one statement, as numbers.

It tells, and does not filter: `ranking.rules` decides, so a page and the staff's explanation of it go by
the same facts. A thousand rows of a dozen columns take longer to read into Python than to find;
so Postgres packs them into one value, which numpy takes as it is.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from apps.feed.counting import IMPRESSIONS
from apps.feed.models import Closeness, HiddenPin, SeenFewer
from apps.feed.ranking.facts import Fact, Facts, Flag
from apps.follows.selectors import choices, followed_topics
from apps.pins.selectors import judged, topics_among
from apps.users.visibility import muted
from pinboard.counters.counts import total_of
from pinboard.postgres.statements import Statement
from pinboard.sql import (
    IDS,
    VIEWER,
    Later,
    Slot,
    array,
    as_viewer,
    compile_queryset,
    fill,
    flag,
    numbered,
)

_COLUMNS = Fact._fields[:-1]
# Flags by what is true of a row of the inner statement.
_FLAGS = {
    "is_visible": Flag.VISIBLE,
    "is_own": Flag.OWN,
    "is_muted": Flag.MUTED,
    "is_hidden": Flag.HIDDEN,
    "is_saved": Flag.SAVED,
    "is_fewer": Flag.FEWER,
    "(board_choice IS TRUE)": Flag.BOARD_FOLLOWED,
    "(coalesce(board_choice, is_person_followed))": Flag.FOLLOWED,
}
_ASKED = (
    *("is_visible", "is_own", "is_muted", "is_hidden", "is_saved", "is_fewer"),
    *("board_choice", "is_person_followed"),
)
_TOPICAL = Slot("topical")


def facts_of(viewer_id: int, pin_ids: Iterable[int], topical: Iterable[int] = ()) -> Facts:
    """What is true of these pins, in no order; of one that is gone there is no row. One statement.

    `topical`: those of them for which it is asked whether the viewer follows a topic of theirs.
    """
    sql, params = _statement()
    values = {**as_viewer(viewer_id), IDS.name: array(pin_ids), _TOPICAL.name: array(topical)}
    statement = Statement(sql, fill(params, values))
    return Later(statement, lambda found: Facts.unpack(found[0][0])).get()


@cache
def _statement() -> tuple[str, list[Any]]:
    names = [*_COLUMNS, *_ASKED]
    told = _told(VIEWER.expression()).filter(pk__any=IDS)
    rows, params = compile_queryset(told.values_list(*names))
    bits = " + ".join(f"{name}::int * {bit}" for name, bit in _FLAGS.items())
    packed = " || ".join(f"int8send({value})" for value in (*_COLUMNS, f"({bits})::bigint"))
    # Materialized: what stands in two flags is looked up once.
    sql = (
        f"WITH fact({', '.join(names)}) AS MATERIALIZED ({rows}) "  # noqa: S608 - texts of ours and of Django
        f"SELECT string_agg({packed}, ''::bytea) FROM fact"
    )
    return numbered(sql, params)


def _told(viewer: Any) -> QuerySet[Any]:
    closeness = Closeness.objects.filter(person_id=viewer, author_id=OuterRef("owner_id"))
    topic = Subquery(topics_among(OuterRef("id"), followed_topics(viewer))[:1])
    return judged(viewer).annotate(
        line_id=F("line"),
        topic_id=_or_0(Case(When(pk__any=_TOPICAL.expression("bigint[]"), then=topic))),
        impressions=total_of(IMPRESSIONS, "line"),
        author_saves=_or_0(Subquery(closeness.values("saves"))),
        author_opens=_or_0(Subquery(closeness.values("opens"))),
        is_muted=flag(muted(viewer, "owner_id")),
        is_hidden=flag(_hidden(viewer)),
        is_fewer=flag(_fewer(viewer)),
        **choices(viewer),
    )


def _or_0(value: Combinable) -> Combinable:
    return Coalesce(Cast(value, BigIntegerField()), 0)


def _hidden(viewer: Any) -> Q:
    mine = HiddenPin.objects.filter(person_id=viewer)
    # Most people have hidden nothing, which is found out once and not for each pin.
    return Q(Exists(mine)) & Q(Exists(mine.filter(line_id=OuterRef("line"))))


def _fewer(viewer: Any) -> Q:
    mine = SeenFewer.objects.filter(person_id=viewer)
    whose = Q(subject_id=OuterRef("owner_id")) | Q(subject_id=OuterRef("board_id"))
    about = topics_among(OuterRef("id"), mine.values("subject_id"))
    # Most people want fewer of nothing, which is found out once and not for each pin.
    return Q(Exists(mine)) & (Q(Exists(mine.filter(whose))) | Q(Exists(about)))
