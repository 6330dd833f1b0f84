"""Points: what a viewer, or an address where nobody is logged in, may spend.

A bucket in Valkey holds `RATE_LIMIT_POINTS` and fills up by `RATE_LIMIT_REFILL` a second. A process
gives as many points as come back in a second on credit, and asks the bucket when these are spent: it
pays them back then, and draws a portion, which it spends by itself. So most requests need not ask.
What a request did not use goes back to the portion. A portion, or a credit, that nobody uses is
forgotten with its process or after some seconds: less than the bucket gains meanwhile. Without Valkey
nobody is limited.
"""

from threading import Lock
from typing import NamedTuple

import structlog
from cachetools import TTLCache

from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.cache.scripts import run
from pinboard.errors import RateLimited
from pinboard.graphql.configured import configured

log = structlog.get_logger(__name__)

PORTION = 2_000
PORTION_SECONDS = 10

_DRAW = """
local capacity, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
local least, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'points', 'at')
-- A replica that was promoted may have a clock that is behind.
local passed = math.max(0, now - (tonumber(kept[2]) or now))
local points = math.min(capacity, (tonumber(kept[1]) or capacity) + passed * refill)
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


class Portion:
    """Points at a holder's hand in this process.

    `left`: what was in the bucket afterwards. `credit`: those that are not drawn yet.
    """

    def __init__(self, points: int, left: int, credit: int = 0) -> None:
        self.points = points
        self.credit = credit
        self._left = left
        self._lock = Lock()

    def take(self, points: int) -> bool:
        """Take points, if there are so many."""
        with self._lock:
            if self.points < points:
                return False
            self.points -= points
        return True

    def give_back(self, points: int) -> None:
        """Return what was taken and not used."""
        with self._lock:
            self.points += points

    @property
    def balance(self) -> Balance:
        """What this process knows of the holder's points."""
        limit = configured().rate_limit_points
        return Balance(limit, min(limit, self.points + self._left))


class Points:
    """The portions of this process."""

    def __init__(self) -> None:
        self._portions: TTLCache[str, Portion] = TTLCache(maxsize=50_000, ttl=PORTION_SECONDS)
        self._lock = Lock()

    def spend(self, holder: str, points: int) -> Portion:
        """Take points; what they were taken from. `RateLimited` when there are not enough."""
        portion = self._at_hand(holder)
        if portion.take(points):
            return portion
        at_hand, owed = portion.points, portion.credit
        least = points - at_hand + owed
        drawn, left, seconds = _draw(holder, least, max(least, PORTION))
        if seconds:
            raise RateLimited(
                f"You have {max(0, left + at_hand - owed)} points left and this costs {points}."
                f" Come back in {seconds} seconds, or ask for less."
            )
        made = Portion(at_hand + drawn - owed - points, left)
        with self._lock:
            self._portions[holder] = made
        return made

    def _at_hand(self, holder: str) -> Portion:
        with self._lock:
            try:
                portion = self._portions[holder]
            except KeyError:
                limit = configured().rate_limit_points
                credit = min(configured().rate_limit_refill, limit // 10)
                portion = self._portions[holder] = Portion(credit, limit - credit, credit)
        return portion


def _draw(holder: str, least: int, most: int) -> tuple[int, int, int]:
    """Points drawn, points left in the bucket, and seconds to wait if there are not enough."""
    limits = [configured().rate_limit_points, configured().rate_limit_refill]
    try:
        drawn, left, seconds = run(_DRAW, [keys.points(holder)], [*limits, least, most])
    except AWAY as error:
        log.warning("points.away", reason=type(error).__name__)
        return most, configured().rate_limit_points, 0
    return drawn, left, seconds
