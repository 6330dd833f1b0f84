"""Timelines: what belongs into one, how it is built, and how it is kept in order.

A timeline goes by an id: a person's by theirs, a large author's own by that id's negative (`own`), a
topic's by the topic's, which no person has.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import structlog
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from apps.feed import authors, store
from apps.feed.models import HiddenPin
from apps.follows.selectors import followed, sources_of
from apps.pins import selectors as pins
from apps.topics.selectors import is_topic, topics_in_use
from apps.users.visibility import muted
from pinboard.cache import keys
from pinboard.cache.once import AWAY, turn
from pinboard.postgres.replica import from_primary
from pinboard.visibility import NOBODY

log = structlog.get_logger(__name__)

# How long others wait for one who builds a timeline, before they build it themselves.
_PATIENCE_SECONDS = 5.0


def entries_for(person: Any) -> QuerySet[Any]:
    """The pins that belong into a person's feed: visible to them, followed by them, not their own,
    not of people whom they have muted, not hidden by them.

    `person`: an id, or an SQL expression.
    """
    return _theirs(pins.PINS.rows(person), person)


def candidates_for(person: Any) -> QuerySet[Any]:
    """What a timeline holds: those, and pins whose picture is not ready yet, which nothing would bring
    into it later."""
    return _theirs(pins.visible_soon(person), person)


def _theirs(visible: QuerySet[Any], person: Any) -> QuerySet[Any]:
    theirs = visible.filter(followed(person), ~hidden(person))
    return theirs.exclude(owner_id=person).exclude(muted(person, "owner_id"))


def hidden(person: Any) -> Q:
    """Pins that go by a line of saves which a person has hidden.

    Each is looked up by itself: a page has few, and somebody may have hidden thousands.
    """
    line = Coalesce(OuterRef("root_id"), OuterRef("id"), output_field=BigIntegerField())
    return Q(Exists(HiddenPin.objects.filter(person_id=person, line_id=line)))


def timeline_of(person_id: int, count: int = store.MAX_ENTRIES) -> list[int]:
    """The newest `count` ids in a person's timeline, newest first. It is built if it is not there.

    Without Valkey it is read from Postgres each time.
    """
    try:
        ids = _kept(person_id, count)
        large = [] if is_shared(person_id) else authors.followed_by(person_id)
        if large:
            theirs = newest_of([own(author) for author in large], count)
            ids = sorted(set(ids).union(*theirs), reverse=True)[:count]
    except AWAY as error:
        log.warning("feed.store_away", reason=type(error).__name__)
        return from_postgres(person_id)
    return ids


def newest_of(shared: Sequence[int], count: int) -> list[list[int]]:
    """The newest ids in the timelines of topics or large authors, newest first; one round trip while
    they are there, and a statement for each that has to be built."""
    kept = store.read_many(shared, count)
    return [
        build(one)[:count] if ids is None else ids for one, ids in zip(shared, kept, strict=True)
    ]


def is_shared(some_id: int) -> bool:
    """Whether a timeline is a large author's own, or a topic's: the same for all who read it."""
    return some_id < 0 or is_topic(some_id)


def is_out_of_use(some_id: int) -> bool:
    """Whether a timeline is one that nobody reads: the own one of an author who is large no more. New pins
    do not reach it. No statement while it is known who is large."""
    return some_id < 0 and -some_id not in authors.everybody()


def shared() -> Iterator[int]:
    """Whose shared timelines there may be. Two statements at most."""
    yield from map(own, authors.everybody())
    yield from topics_in_use()


def some_topics(count: int) -> list[int]:
    """Some topics in use, others each time. One statement."""
    topics = topics_in_use()
    return random.sample(topics, min(count, len(topics)))


def own(author_id: int) -> int:
    """Whose timeline a large author's own pins are: nobody's else, since ids are positive."""
    return -author_id


def own_entries(author_id: int) -> list[int]:
    """The newest pins of a large author, newest first."""
    return _kept(own(author_id), store.MAX_ENTRIES)


def _kept(person_id: int, count: int) -> list[int]:
    ids = store.read(person_id, count)
    return build(person_id)[:count] if ids is None else ids


def build(person_id: int) -> list[int]:
    """Build a timeline from Postgres; once, however many ask for it at the same time."""
    with turn(keys.timeline_turn(person_id), _PATIENCE_SECONDS):
        ids = store.read(person_id)
        return rebuild(person_id) if ids is None else ids


def rebuild(person_id: int) -> list[int]:
    """Build a timeline from Postgres, whether or not it is there. Five statements at most."""
    store.start_building(person_id)
    with from_primary():
        ids = from_postgres(person_id)
    store.finish_building(person_id, ids)
    return ids


def backfill(person_id: int, *, people: list[int], boards: list[int]) -> None:
    """Add the newest pins of newly followed people and boards. One statement."""
    newest = pins.newest_across(candidates_for, person_id, people, boards, store.MAX_ENTRIES)
    store.add([person_id], newest)


def renew(person_id: int) -> None:
    """Build a timeline anew, where there is one."""
    if store.read(person_id, 1) is not None:
        rebuild(person_id)


def prune(person_id: int) -> None:
    """Take out of a timeline what does not belong there any more. One statement, two where there is
    something; where the timeline was full, it is built anew, since others' pins were pushed out of it.
    """
    ids = store.read(person_id) or []
    gone = set(ids) - _belonging(person_id, ids)
    if gone and store.is_full(ids):
        rebuild(person_id)
    elif gone:
        store.remove([person_id], sorted(gone))
        # What has come to belong there again since it was looked at was added before it was removed.
        store.add([person_id], sorted(_belonging(person_id, gone)))


def _belonging(person_id: int, ids: Collection[int]) -> set[int]:
    if not ids:
        return set()
    theirs = candidates_for(person_id).filter(pk__any=list(ids))
    return set(theirs.values_list("pk", flat=True))


def from_postgres(person_id: int) -> list[int]:
    """What belongs into a timeline, newest first. Five statements at most."""
    if is_topic(person_id):
        return pins.newest_of_topics(pins.visible_soon(NOBODY), [person_id], store.MAX_ENTRIES)
    if person_id < 0:
        return pins.newest_across(pins.visible_soon, NOBODY, [-person_id], [], store.MAX_ENTRIES)
    people, boards = sources_of(person_id)
    return pins.newest_across(candidates_for, person_id, people, boards, store.MAX_ENTRIES)
