"""Large authors: whose pins are not pushed to followers, and whom of them somebody follows."""

from threading import Lock

from cachetools import TTLCache, cached
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from apps.feed.models import LargeAuthor
from apps.follows.selectors import followed_among, follower_counts
from pinboard.cache import keys
from pinboard.cache.once import AWAY, get_or_compute

# Below this part of the limit somebody is large no more: counts that swing do not change it each time.
_HYSTERESIS = 0.8
_FOLLOWED_SECONDS = 600
_ALL_SECONDS = 60
_AT_HAND_SECONDS = 5


def weigh(person_id: int) -> tuple[bool, bool]:
    """Whether somebody is large, and whether they have just ceased to be. Two statements, one more
    where it changes."""
    was_large = LargeAuthor.objects.filter(pk=person_id).exists()
    (followers,) = follower_counts([person_id]).get()
    limit = settings.FEED_PUSH_MAX_FOLLOWERS
    is_large = followers >= (limit * _HYSTERESIS if was_large else limit)
    if is_large and not was_large:
        LargeAuthor.objects.bulk_create([LargeAuthor(person_id=person_id)], ignore_conflicts=True)
    if was_large and not is_large:
        LargeAuthor.objects.filter(pk=person_id).delete()
    if is_large is not was_large:
        transaction.on_commit(_forget_all, robust=True)
    return is_large, was_large and not is_large


def followed_by(person_id: int) -> list[int]:
    """The large authors whom somebody follows. No statement while it is known; one, or two, if not."""
    large = everybody()
    if not large:
        return []
    version = hash(large)
    key = keys.large_authors_followed(person_id)
    try:
        kept = cache.get(key)
        if kept is not None and kept[0] == version:
            return list(kept[1])
        followed = sorted(followed_among(person_id, large))
        cache.set(key, (version, followed), _FOLLOWED_SECONDS)
    except AWAY:
        followed = sorted(followed_among(person_id, large))
    return followed


def forget_followed(person_id: int) -> None:
    """Have it looked up again whom somebody follows."""
    cache.delete(keys.large_authors_followed(person_id))


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
