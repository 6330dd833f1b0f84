"""What is popular, by the viewer's country and language, and everywhere."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from threading import Lock

import structlog
from cachetools import TTLCache, cached
from django.conf import settings
from django.core.cache import cache

from apps.feed.ranking.reasons import Reason, vouched_by
from apps.feed.sources.base import Source, in_turn
from apps.pins.selectors import filled_up, newest_first_pins, popular_pins
from apps.users.selectors import locale_of
from pinboard.cache import keys, values
from pinboard.cache.commands import Command
from pinboard.cache.once import AWAY, get_or_compute

log = structlog.get_logger(__name__)

COUNT = 100
# The list of everybody. Countries are written in capitals and languages in small letters, so one name
# is enough for any list.
EVERYWHERE = ""

# Saves that are weighed: twenty microseconds of Postgres each. Fewer while somebody waits.
MAX_SAVES = 200_000
MAX_SAVES_WAITED_FOR = 20_000

_AT_HAND_SECONDS = 10
# Beat makes them anew every ten minutes; without it they last for a while.
_KEPT_SECONDS = 3_600
_LOCALE_SECONDS = 3_600


class Popular(Source):
    """What is popular in the viewer's country, in their language and everywhere, a pin of each in turn.

    Warm: no statement, and one round trip to Valkey, for where the viewer is.
    """

    name = "popular"
    number = 3
    turn = 100  # it fills up what the others leave
    reasons = (Reason("popular", "POPULAR", "Many people like it.", 0.0, vouched_by(number)),)

    def candidates(self, viewer_id: int) -> Sequence[int]:
        return list(at_hand().mixed(*_locale(viewer_id)))

    def reads(self, viewer_id: int) -> Sequence[Command]:
        return [values.reading(keys.locale(viewer_id))]


class Lists:
    """All lists, by name: ids, eight bytes each. What comes of mixing some of them is remembered."""

    def __init__(self, packed: Mapping[str, bytes]) -> None:
        self._packed = packed
        self._mixed: dict[tuple[str, str], tuple[int, ...]] = {}

    def mixed(self, country: str, language: str) -> tuple[int, ...]:
        """The lists of a country, of a language and of everybody, a pin of each in turn."""
        place = country, language.partition("-")[0]
        if place not in self._mixed:
            names = dict.fromkeys((*place, EVERYWHERE))
            ids = in_turn([_unpacked(self._packed.get(name, b"")) for name in names])
            self._mixed[place] = tuple(ids[:COUNT])
        return self._mixed[place]


def refresh() -> None:
    """Weigh what was saved, and keep the lists. Two statements."""
    cache.set(keys.popular_pins(), _weigh(MAX_SAVES), _KEPT_SECONDS)
    at_hand.cache_clear()


@cached(TTLCache(maxsize=1, ttl=_AT_HAND_SECONDS), lock=Lock())
def at_hand() -> Lists:
    """The lists as they were some seconds ago. Who finds none weighs what is newest, while others wait;
    beat weighs more.

    Without Valkey there is the newest in place of the popular: weighing is not for every process.
    """
    try:
        cache.has_key(keys.popular_pins())
    except AWAY as error:
        log.warning("feed.store_away", reason=type(error).__name__)
        return Lists({EVERYWHERE: _packed(filled_up([], newest_first_pins()))})
    few = partial(_weigh, MAX_SAVES_WAITED_FOR)
    return Lists(get_or_compute(keys.popular_pins(), few, seconds=_KEPT_SECONDS))


def forget_locale(person_id: int) -> None:
    """Have it looked up again where somebody is."""
    values.forget(keys.locale(person_id))


def _weigh(max_saves: int) -> dict[str, bytes]:
    found = popular_pins(
        datetime.now(UTC),
        window=settings.FEED_POPULAR_WINDOW,
        half_life=settings.FEED_POPULAR_HALF_LIFE,
        max_saves=max_saves,
    )
    lists = {one.scope: one.pins for one in found}
    everywhere = [(pin, owner) for one in found[:1] for pin, owner in zip(*one[1:], strict=True)]
    lists[EVERYWHERE] = filled_up(everywhere, newest_first_pins())
    return {name: _packed(ids) for name, ids in lists.items()}


def _locale(person_id: int) -> tuple[str, str]:
    """The country and the language that somebody gave. No statement while they are known."""
    key = keys.locale(person_id)
    try:
        kept = values.get(key)
        if kept is None:
            kept = locale_of(person_id)
            values.put(key, kept, _LOCALE_SECONDS)
    except AWAY:
        return locale_of(person_id)
    country, language = kept
    return country, language


def _packed(ids: Iterable[int]) -> bytes:
    some = list(ids)
    return struct.pack(f">{len(some)}q", *some)


def _unpacked(ids: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(ids) // 8}q", ids)
