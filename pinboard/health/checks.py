"""One check for each thing that a web process depends on."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from celery import current_app
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from pinboard.cache import keys
from pinboard.postgres import replica


@dataclass(frozen=True)
class Result:
    """How one check went. `problem` is the kind of failure, never its text, which may hold
    addresses and names."""

    ok: bool
    milliseconds: float
    problem: str = ""


def _postgres() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _replica() -> None:
    with connections[replica.ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are missing")


def _cache() -> None:
    key, value = keys.health(uuid.uuid4().hex), uuid.uuid4().hex
    cache.set(key, value, timeout=10)
    if cache.get(key) != value:
        raise RuntimeError("what was written is not what was read")
    cache.delete(key)


def _broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


_CHECKS: dict[str, Callable[[], None]] = {
    "postgres": _postgres,
    "replica": _replica,
    "migrations": _migrations,
    "cache": _cache,
    "broker": _broker,
}
# Without the broker a web process still does its work: the outbox keeps what workers are to do. What the
# replica does not answer the primary does.
NEEDED = {"postgres", "migrations", "cache"}


def checks() -> dict[str, Callable[[], None]]:
    """The checks, by name, of all that there is."""
    missing = set() if replica.is_there() else {replica.ALIAS}
    return {name: check for name, check in _CHECKS.items() if name not in missing}


def run(check: Callable[[], None]) -> Result:
    """Run one check and time it."""
    start = time.perf_counter()
    try:
        check()
        problem = ""
    except Exception as error:
        problem = type(error).__name__
    return Result(not problem, round((time.perf_counter() - start) * 1000, 1), problem)
