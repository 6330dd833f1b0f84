"""Commands to Valkey, for what a request asks before all else. Raises `AWAY` (`pinboard.cache.once`).

Answers come in the server's own form: bytes for a value.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django_redis import get_redis_connection

from pinboard.cache.pool import LeanPool


def command(*words: Any) -> Any:
    """The answer to a command on keys that share a slot."""
    pool = _pool(*settings.CACHES["default"]["LOCATION"])
    if pool is None:
        return get_redis_connection("default").execute_command(*words)
    return pool.commands([words])[0]


def commands(many: Sequence[Sequence[Any]]) -> list[Any]:
    """The answers to commands on any keys, in one round trip, or one to each node of a cluster."""
    pool = _pool(*settings.CACHES["default"]["LOCATION"])
    if pool is not None:
        return pool.commands(many)
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for words in many:
        pipeline.execute_command(*words)
    found: list[Any] = pipeline.execute()
    return found


@lru_cache(maxsize=4)
def _pool(_location: str) -> LeanPool | None:
    """This process's connections to the one server; None where it is a cluster."""
    pool = getattr(get_redis_connection("default"), "connection_pool", None)
    return pool if isinstance(pool, LeanPool) else None
