"""Cached values that are computed once, however many ask at the same time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar, cast

import structlog
from django.core.cache import cache
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import LockError, RedisClusterException, RedisError

from pinboard.cache import keys
from pinboard.cache.looking import is_looking
from pinboard.postgres.replica import from_primary

log = structlog.get_logger(__name__)

T = TypeVar("T")
_MISSING: Any = object()
_NO_ANSWER: Any = object()
AWAY = (ConnectionInterrupted, RedisError, RedisClusterException)


def get_or_compute(key: str, compute: Callable[[], T], *, seconds: int, patience: float = 5.0) -> T:
    """The value under `key`, kept for `seconds`; computed by one caller while the others wait.

    `patience`: seconds after which whoever computes is taken for dead, and the next in line begins.
    Nobody waits for longer than twice that. Without Valkey everybody computes at once, and so does who
    only looks.
    """
    value = _read(key)
    if value is _NO_ANSWER or (value is _MISSING and is_looking()):
        return compute()
    if value is not _MISSING:
        return cast(T, value)
    with turn(key, patience):
        value = _read(key)
        if value is _MISSING or value is _NO_ANSWER:
            with from_primary():
                value = compute()
            with suppress(*AWAY):
                cache.set(key, value, timeout=seconds)
    return cast(T, value)


def _read(key: str) -> Any:
    try:
        return cache.get(key, _MISSING)
    except AWAY as error:
        log.warning("cache.away", reason=type(error).__name__)
        return _NO_ANSWER


@contextmanager
def turn(key: str, patience: float) -> Iterator[None]:
    """Be the only one at `key`, or go on all the same when patience (seconds) or Valkey ends. Who only
    looks goes on at once."""
    if is_looking():
        yield
        return
    lock = None
    with suppress(*AWAY, LockError):
        lock = cache.lock(keys.lock(key), timeout=patience)  # type: ignore[attr-defined]
        if not lock.acquire(blocking_timeout=2 * patience):
            lock = None
    try:
        yield
    finally:
        if lock is not None:
            with suppress(*AWAY, LockError):  # it ran out: somebody else has it by now
                lock.release()
