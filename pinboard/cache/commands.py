"""Single commands to Valkey, for what a request asks before all else. Raises `AWAY` (`pinboard.cache.once`)."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django_redis import get_redis_connection

from pinboard.cache.pool import LeanPool


def command(*words: Any) -> Any:
    """The answer to a command on one key, in the server's own form: bytes for a value."""
    (location,) = settings.CACHES["default"]["LOCATION"]
    pool = _pool(location)
    if pool is None:
        return get_redis_connection("default").execute_command(*words)
    return pool.command(*words)


@lru_cache(maxsize=4)
def _pool(_location: str) -> LeanPool | None:
    """This process's connections to the one server; None where it is a cluster."""
    pool = getattr(get_redis_connection("default"), "connection_pool", None)
    return pool if isinstance(pool, LeanPool) else None
