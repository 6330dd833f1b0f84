"""Reads: topics, and the taxonomy compiled. Topics are the same for everybody."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import Q

from apps.topics.matching import Matcher, Spoken
from apps.topics.models import Taxonomy, Topic
from pinboard.ids.fields import IdField
from pinboard.ids.layout import kind_of
from pinboard.postgres.statements import Rows, Statement
from pinboard.records import Loader
from pinboard.sql import IDS, VIEWER, Later, array, compile_queryset, fill


class TopicRecord(NamedTuple):
    """A topic."""

    id: int
    slug: str
    name: str
    level: int
    parent_id: int | None


_KIND = cast(IdField, Topic._meta.pk).kind

TOPICS = Loader(TopicRecord, lambda viewer: Topic.objects.filter(Topic.guard.q(viewer)))


def load_topics(
    viewer_id: int | None, ids: Sequence[int | None]
) -> Later[list[TopicRecord | None]]:
    """One record for each id, in order; None where there is no topic in use. One statement."""
    return TOPICS.load(viewer_id, ids)


def top_topics() -> Later[list[TopicRecord]]:
    """The topics at the top of the tree, in order. One statement."""
    sql, params = _in_order(Q(parent=None))
    return Later(Statement(sql, params), lambda rows: [TOPICS.make(row) for row in rows])


def children_of(ids: Sequence[int]) -> Later[list[list[TopicRecord]]]:
    """The topics right below each of these, in order. One statement."""
    sql, params = _in_order(Q(parent_id__any=IDS))

    def by_parent(rows: Rows) -> list[list[TopicRecord]]:
        found: dict[int | None, list[TopicRecord]] = defaultdict(list)
        for record in map(TOPICS.make, rows):
            found[record.parent_id].append(record)
        return [found[one] for one in ids]

    return Later(Statement(sql, fill(params, {IDS.name: array(ids)})), by_parent)


@cache
def _in_order(where: Q) -> tuple[str, list[Any]]:
    wanted = TOPICS.rows(VIEWER.expression()).filter(where).order_by("position", "id")
    return compile_queryset(wanted.values_list(*TOPICS.columns))


def topic_id_by_slug(slug: str) -> int | None:
    """The id of the topic in use that goes by this slug. One statement."""
    found = Topic.objects.filter(Topic.guard.public(), slug=slug)
    return found.values_list("id", flat=True).first()


def topics_in_use() -> list[int]:
    """The ids of all topics in use. One statement."""
    found = Topic.objects.filter(Topic.guard.public())
    return list(found.order_by("id").values_list("id", flat=True))


def is_topic(some_id: int) -> bool:
    """Whether an id is one of a topic, in use or not: it says so itself."""
    return kind_of(some_id) == _KIND


_compiled: tuple[UUID | None, Matcher] = (None, Matcher([]))


def matcher() -> Matcher:
    """The taxonomy, compiled by each process once and when it has changed. One statement, or two."""
    global _compiled
    stamp = Taxonomy.objects.values_list("stamp", flat=True).first()
    known, compiled = _compiled
    if known is None or known != stamp:
        active = Topic.objects.filter(Topic.guard.public())
        compiled = Matcher(map(Spoken._make, active.values_list("id", "parent_id", "words")))
        _compiled = stamp, compiled
    return compiled
