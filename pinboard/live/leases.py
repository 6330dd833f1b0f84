"""How many streams a person has open, over all processes.

Each stream holds a lease in Valkey and renews it while it lives; those of a process that was killed
run out. Without Valkey nobody counts.
"""

import time

from django_redis import get_redis_connection

from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.errors import RateLimited

MAX_STREAMS = 10
LEASE_SECONDS = 120


def take(viewer_id: int, stream: str) -> None:
    """Count one more stream; `RateLimited` when it is one too many."""
    key, now = keys.streams(viewer_id), time.time()
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=True)
        pipeline.zremrangebyscore(key, "-inf", now)
        pipeline.zadd(key, {stream: now + LEASE_SECONDS})
        pipeline.expire(key, LEASE_SECONDS)
        pipeline.zcard(key)
        count = pipeline.execute()[-1]
    except AWAY:
        return
    if count > MAX_STREAMS:
        give_back(viewer_id, stream)
        raise RateLimited(f"You have {MAX_STREAMS} streams open. Close one, then open another.")


def renew(viewer_id: int, stream: str) -> None:
    """Say that a stream lives."""
    key = keys.streams(viewer_id)
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=True)
        pipeline.zadd(key, {stream: time.time() + LEASE_SECONDS})
        pipeline.expire(key, LEASE_SECONDS)
        pipeline.execute()
    except AWAY:
        return


def give_back(viewer_id: int, stream: str) -> None:
    """Say that a stream has ended."""
    try:
        get_redis_connection("default").zrem(keys.streams(viewer_id), stream)
    except AWAY:
        return
