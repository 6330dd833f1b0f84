"""Reads: what pins are about, and the pins of topics."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from apps.pins.models import Pin, PinTopic
from apps.pins.selectors.pins import visible
from apps.topics.selectors import TOPICS, TopicRecord
from apps.topics.visibility import TOPIC
from pinboard.paging import Listing, Order
from pinboard.postgres.statements import Rows, Statement
from pinboard.sql import IDS, VIEWER, Later, array, as_viewer, compile_queryset, fill, rows

# By the tag's column, where the index of a topic's pins can start.
_NEWEST = Order("topics.pins", ("-pin_id",))


def pins_of_topic(viewer_id: int | None) -> Listing:
    """The pins about topics, or about what is below these, newest first."""
    return Listing(
        lambda topic: _tagged(visible(VIEWER.expression()), topic),
        _NEWEST,
        node="pin_id",
        values=as_viewer(viewer_id),
        name="pins.topic",
    )


def _tagged(among: QuerySet[Pin], topic: Any) -> QuerySet[PinTopic]:
    """The tags of some pins with a topic.

    The index gives them in order, and each pin is looked at by itself. Of a join, Postgres may read all
    pins from the newest on to find the few of a topic that is seldom pinned: it knows no more than how
    common topics are in the mean. It makes no join of a condition that may be null.
    """
    pin = among.filter(pk=OuterRef("pin_id")).order_by().values(is_one=Value(True))
    return PinTopic.objects.filter(Coalesce(Subquery(pin), Value(False)), topic_id=topic)


def topics_among(pin: Any, topics: Any) -> QuerySet[PinTopic, Any]:
    """Those of some topics (their ids, or a subquery) that a pin is about, or about what is below them;
    `pin`: an expression."""
    return PinTopic.objects.filter(pin_id=pin, topic_id__in=topics).values("topic_id")


def topics_of_pins(ids: Sequence[int]) -> Later[list[list[TopicRecord]]]:
    """What each pin is about, the best match first, for pins that the viewer may see. One statement."""
    sql, params = _topics_statement()

    def by_pin(found: Rows) -> list[list[TopicRecord]]:
        topics: dict[int, list[TopicRecord]] = defaultdict(list)
        for pin, *columns in found:
            topics[pin].append(TOPICS.make(columns))
        return [topics[one] for one in ids]

    return Later(Statement(sql, fill(params, {IDS.name: array(ids)})), by_pin)


@cache
def _topics_statement() -> tuple[str, list[Any]]:
    own = PinTopic.objects.filter(
        TOPIC.through("topic").public(), pin_id__any=IDS, is_implied=False
    )
    columns = [f"topic__{name}" for name in TOPICS.columns]
    return compile_queryset(own.order_by("-score", "topic_id").values_list("pin_id", *columns))


def tags_with_secrecy(pin_ids: Sequence[int]) -> list[tuple[int, int, bool]]:
    """What pins are about: topics, pins, and whether each pin's board is secret, for handlers of events.
    One statement."""
    tags = PinTopic.objects.filter(pin_id__any=list(pin_ids))
    return list(tags.values_list("topic_id", "pin_id", "pin__board__is_secret"))


_NEWEST_OF_TOPICS = """
SELECT DISTINCT tag.pin_id
FROM unnest(%s::bigint[]) AS source(id) CROSS JOIN LATERAL ({of_topic}) AS tag
ORDER BY tag.pin_id DESC LIMIT %s
"""


def newest_of_topics(among: QuerySet[Pin], topics: Sequence[int], limit: int) -> list[int]:
    """The newest of `among` (see `visible`) about these topics. One statement.

    Each topic gives `limit` at most, from its index.
    """
    tagged = _tagged(among, RawSQL("source.id", ())).order_by("-pin_id")
    of_topic, params = compile_queryset(tagged.values_list("pin_id")[:limit])
    sql = _NEWEST_OF_TOPICS.format(of_topic=of_topic)
    return [pin for (pin,) in rows(sql, [list(topics), *params, limit])]
