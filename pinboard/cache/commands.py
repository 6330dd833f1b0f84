"""Commands to Valkey, for what a request asks before all else. Raises `AWAY` (`pinboard.cache.once`).

Answers come in the server's own form: bytes for a value.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.conf import settings
from django_redis import get_redis_connection

from pinboard.cache.once import AWAY
from pinboard.cache.pool import LeanPool

Command = tuple[Any, ...]

# Answers that nobody has asked for yet, by their commands.
_ahead: ContextVar[dict[Command, Any] | None] = ContextVar("ahead", default=None)


def command(*words: Any) -> Any:
    """The answer to a command on keys that share a slot."""
    ahead = _ahead.get()
    if ahead and words in ahead:
        return ahead.pop(words)
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


@contextmanager
def sent_ahead(many: Sequence[Command]) -> Iterator[None]:
    """Reads that will be asked for within the block, sent in one round trip.

    `command` takes each answer from there, once: who asks again, as after a write, has it read anew.
    Where Valkey is away nothing is there, and each command finds that out.
    """
    answers: dict[Command, Any] = {}
    with suppress(*AWAY):
        answers = dict(zip(many, commands(many), strict=True))
    token = _ahead.set(answers)
    try:
        yield
    finally:
        _ahead.reset(token)


@lru_cache(maxsize=4)
def _pool(_location: str) -> LeanPool | None:
    """This process's connections to the one server; None where it is a cluster."""
    pool = getattr(get_redis_connection("default"), "connection_pool", None)
    return pool if isinstance(pool, LeanPool) else None
