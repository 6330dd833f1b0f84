"""Points: what a viewer, or an address where nobody is logged in, may spend.

A bucket in Valkey holds `RATE_LIMIT_POINTS` and fills up by `RATE_LIMIT_REFILL` a second. A process
draws a portion at a time and spends it by itself, so that most requests need not ask; what a request
did not use goes back to the portion. A portion that nobody uses is lost with its process or after
some seconds: less than the bucket gains meanwhile. Without Valkey nobody is limited.
"""

from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

import structlog
from cachetools import TTLCache
from django.conf import settings
from django_redis import get_redis_connection

from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.errors import RateLimited

log = structlog.get_logger(__name__)

PORTION = 2_000
PORTION_SECONDS = 10

_DRAW = """
local capacity, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
local least, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'points', 'at')
local points = math.min(capacity, (tonumber(kept[1]) or capacity) + (now - (tonumber(kept[2]) or now)) * refill)
if points < least then
    return {0, math.floor(points), math.ceil((least - points) / refill)}
end
local drawn = math.min(points, most)
redis.call('HSET', KEYS[1], 'points', tostring(points - drawn), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(capacity / refill) + 1)
return {math.floor(drawn), math.floor(points - drawn), 0}
"""


class Balance(NamedTuple):
    """What may be spent at the moment: `left` of `limit`."""

    limit: int
    left: int


@dataclass
class _Portion:
    """Points that this process has drawn; `left`: what was in the bucket afterwards."""

    points: int
    left: int


class Points:
    """The portions of this process."""

    def __init__(self) -> None:
        self._portions: TTLCache[str, _Portion] = TTLCache(maxsize=50_000, ttl=PORTION_SECONDS)
        self._lock = Lock()

    def spend(self, holder: str, points: int) -> None:
        """Take points. `RateLimited` when there are not enough."""
        with self._lock:
            portion = self._portions.get(holder)
            if portion is not None and portion.points >= points:
                portion.points -= points
                return
            at_hand = portion.points if portion is not None else 0
        drawn, left, seconds = _draw(holder, points - at_hand, max(points, PORTION))
        if seconds:
            raise RateLimited(
                f"You have {left + at_hand} points left and this costs {points}."
                f" Come back in {seconds} seconds, or ask for less."
            )
        with self._lock:
            portion = self._portions.get(holder) or _Portion(0, 0)
            self._portions[holder] = _Portion(portion.points + drawn - points, left)

    def give_back(self, holder: str, points: int) -> None:
        """Return what was taken and not used."""
        with self._lock:
            portion = self._portions.get(holder)
            if portion is not None:
                portion.points += points

    def balance(self, holder: str) -> Balance:
        """What this process knows of a holder's points."""
        limit = settings.RATE_LIMIT_POINTS
        with self._lock:
            portion = self._portions.get(holder)
        return Balance(
            limit, limit if portion is None else min(limit, portion.points + portion.left)
        )


def _draw(holder: str, least: int, most: int) -> tuple[int, int, int]:
    """Points drawn, points left in the bucket, and seconds to wait if there are not enough."""
    limits = [settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL]
    try:
        script = get_redis_connection("default").register_script(_DRAW)
        drawn, left, seconds = script(keys=[keys.points(holder)], args=[*limits, least, most])
    except AWAY as error:
        log.warning("points.away", reason=type(error).__name__)
        return most, settings.RATE_LIMIT_POINTS, 0
    return drawn, left, seconds
