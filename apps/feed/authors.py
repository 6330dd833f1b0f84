"""Large authors: whose pins are not pushed to followers, and whom of them somebody follows."""

from collections.abc import Iterable
from threading import Lock
from typing import NamedTuple

from cachetools import TTLCache, cached
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from apps.feed.models import LargeAuthor
from apps.follows.selectors import followed_among, follower_counts
from pinboard.cache import keys, values
from pinboard.cache.once import AWAY, get_or_compute
from pinboard.postgres.statements import Statement
from pinboard.sql import Later, array, together

_FOLLOWED_SECONDS = 600
_ALL_SECONDS = 60
_AT_HAND_SECONDS = 5

_LARGE_AMONG = "SELECT person_id FROM feed_largeauthor WHERE person_id = ANY(%s)"


class Weight(NamedTuple):
    """How many follow somebody, whether they are large, and whether they have just ceased to be."""

    followers: int
    is_large: bool
    was_large: bool


def weigh(people: Iterable[int]) -> dict[int, Weight]:
    """The weight of each. Two statements in one round trip, one or two more where somebody's changes."""
    everyone = sorted(set(people))
    found = Later(Statement(_LARGE_AMONG, [array(everyone)]), lambda rows: {pk for (pk,) in rows})
    large, counts = together([found, follower_counts(everyone)])
    limit = settings.FEED_PUSH_MAX_FOLLOWERS
    # Below a part of the limit somebody is large no more: counts that swing do not change it each time.
    low = limit * settings.FEED_PUSH_HYSTERESIS
    floors = [low if person in large else limit for person in everyone]
    now_large = {
        person
        for person, count, floor in zip(everyone, counts, floors, strict=True)
        if count >= floor
    }
    _keep(now_large - large, large - now_large)
    return {
        person: Weight(count, person in now_large, person in large - now_large)
        for person, count in zip(everyone, counts, strict=True)
    }


def _keep(new: set[int], gone: set[int]) -> None:
    if new:
        LargeAuthor.objects.bulk_create(
            [LargeAuthor(person_id=person) for person in sorted(new)], ignore_conflicts=True
        )
    if gone:
        LargeAuthor.objects.filter(pk__in=gone).delete()
    if new or gone:
        transaction.on_commit(_forget_all, robust=True)


def followed_by(person_id: int) -> list[int]:
    """The large authors whom somebody follows. No statement while it is known; one, or two, if not."""
    large = everybody()
    if not large:
        return []
    version = hash(large)
    key = keys.large_authors_followed(person_id)
    try:
        kept = values.get(key)
        if kept is not None and kept[0] == version:
            return list(kept[1])
        followed = sorted(followed_among(person_id, large))
        values.put(key, (version, followed), _FOLLOWED_SECONDS)
    except AWAY:
        followed = sorted(followed_among(person_id, large))
    return followed


def forget_followed(person_id: int) -> None:
    """Have it looked up again whom somebody follows."""
    values.forget(keys.large_authors_followed(person_id))


def forget(person_id: int) -> None:
    """Nothing is kept of who is gone."""
    if LargeAuthor.objects.filter(pk=person_id).delete()[0]:
        transaction.on_commit(_forget_all, robust=True)
    forget_followed(person_id)


@cached(TTLCache(maxsize=1, ttl=_AT_HAND_SECONDS), lock=Lock())
def everybody() -> tuple[int, ...]:
    """All large authors, as they were some seconds ago."""
    return get_or_compute(
        keys.large_authors(),
        lambda: tuple(LargeAuthor.objects.order_by("pk").values_list("pk", flat=True)),
        seconds=_ALL_SECONDS,
    )


def _forget_all() -> None:
    cache.delete(keys.large_authors())
    everybody.cache_clear()
