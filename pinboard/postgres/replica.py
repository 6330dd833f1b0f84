"""Reads from a replica, where Postgres has one (`DATABASE_REPLICAS`).

A replica is some moments behind the primary. It is read from while it is known to hold all that was
committed `DATABASE_REPLICA_SECONDS` ago, and only within `reading()`: what fills a cache, or decides what is
written, is read from the primary.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

import structlog
from django.conf import settings
from django.db import Error, connections

from pinboard.postgres.base import DatabaseWrapper, postgres
from pinboard.postgres.statements import Rows, Statement
from pinboard.postgres.timeouts import took_too_long

log = structlog.get_logger(__name__)

ALIAS = "replica"

# So often each thread that reads asks both servers how far they are.
_LOOK_SECONDS = 0.5
# One that failed is left alone for so long.
_PAUSE_SECONDS = 5.0
# Of the primary, until the replica has come so far. One that is further behind is of no use for long.
_MAX_POSITIONS = 1_000

# Bytes of the log that have been written, and that have been replayed: nothing by one that is no replica.
_WRITTEN = Statement("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint", [])
_REPLAYED = Statement(
    "SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0')::bigint ELSE 0 END",
    [],
)

_is_reading: ContextVar[bool] = ContextVar("is_reading_from_replica", default=False)


def is_there() -> bool:
    """Whether there is a replica to read from."""
    return ALIAS in connections.settings


def is_near() -> bool:
    """Whether this thread's replica is near enough to the primary, for now."""
    return _of_this_thread().is_near()


@contextmanager
def reading() -> Iterator[None]:
    """Have `fetch` read from the replica within the block."""
    token = _is_reading.set(True)
    try:
        yield
    finally:
        _is_reading.reset(token)


@contextmanager
def from_primary() -> Iterator[None]:
    """Have all within the block read from the primary: it is kept for longer than a replica is behind."""
    token = _is_reading.set(False)
    try:
        yield
    finally:
        _is_reading.reset(token)


def fetch(statements: Sequence[Statement]) -> list[Rows]:
    """The rows of each statement, in one round trip to the replica within `reading()`, or else the primary.

    The primary is asked too where the replica fails: it is away, has ended a statement that kept it from
    replaying what the primary did, or lacks what a migration has made.
    """
    if not _is_reading.get():
        return postgres().fetch(statements)
    replica = _of_this_thread()
    try:
        found = replica.connection.fetch(statements)
    except Error as error:
        if took_too_long(error):
            raise
        replica.leave(error)
        return postgres().fetch(statements)
    postgres().statements += len(statements)  # where they are counted
    return found


class _Replica:
    """The replica of a thread, and how near it is known to be."""

    def __init__(self) -> None:
        self.connection = cast(DatabaseWrapper, connections[ALIAS])
        self._server: object = None
        self._next_look = -math.inf
        self._complete_until = -math.inf
        self._positions: deque[tuple[float, int]] = deque(maxlen=_MAX_POSITIONS)

    def is_near(self) -> bool:
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            self._look(now)
        seconds: int = settings.DATABASE_REPLICA_SECONDS
        return now - self._complete_until <= seconds

    def leave(self, error: Error) -> None:
        """Do without it for a while."""
        log.warning("postgres.replica_left", reason=type(error).__name__)
        self._forget()
        self._next_look = time.monotonic() + _PAUSE_SECONDS
        self.connection.close()

    def _look(self, now: float) -> None:
        """What the primary has written by now is complete once the replica has come as far."""
        (((written,),),) = postgres().fetch([_WRITTEN])
        try:
            self.connection.begin_request()
            (((replayed,),),) = self.connection.fetch([_REPLAYED])
        except Error as error:
            self.leave(error)
            return
        if self._server is not self.connection.connection:  # of several replicas it may be another
            self._server = self.connection.connection
            self._forget()
        self._positions.append((now, written))
        while self._positions and self._positions[0][1] <= replayed:
            self._complete_until, _ = self._positions.popleft()

    def _forget(self) -> None:
        self._complete_until = -math.inf
        self._positions.clear()


_local = threading.local()


def _of_this_thread() -> _Replica:
    try:
        return _local.replica  # type: ignore[no-any-return]
    except AttributeError:
        found = _local.replica = _Replica()
        return found
