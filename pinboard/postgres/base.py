"""The backend, as `DATABASES` names it: `pinboard.postgres`."""

import select
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from pinboard import tracing
from pinboard.postgres.statements import Rows, Statement, Statements


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to Postgres."""

    health_check_done: bool
    force_debug_cursor: bool
    # How many were run since the process began.
    statements = 0
    _prepared_ones: Statements | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers.append(self._counted)
        self._is_debugged = settings.DEBUG

    def begin_request(self) -> None:
        """What Django's handler has done of a connection before a request: one too old, or broken, is closed."""
        self.queries_log.clear()
        self.close_if_unusable_or_obsolete()

    def _counted(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        with tracing.span("sql", statement=sql):
            return execute(sql, params, many, context)

    def fetch(self, statements: Sequence[Statement]) -> list[Rows]:
        """The rows of each statement, all in one round trip.

        For reads that many requests repeat. They see what the transaction sees, if there is one. Where the
        server has ended the connection since a request used it, they are sent again on a new one: to
        ask first costs each request more than it costs few to be told.
        """
        if self.connection is None:
            self.ensure_connection()
        self.validate_no_broken_transaction()
        self.statements += len(statements)
        try:
            found = self._fetched(statements)
        except OperationalError:
            if self.health_check_done or self.in_atomic_block or not self.connection.closed:
                raise
            self.close()
            self.ensure_connection()
            found = self._fetched(statements)
        self.health_check_done = True
        return found

    def _fetched(self, statements: Sequence[Statement]) -> list[Rows]:
        with self.wrap_database_errors:
            if not self.autocommit and self._is_idle():
                self.connection.execute("")  # the driver begins the transaction before this
            if not (self._is_logged or tracing.is_on()):
                return self._prepared().fetch(statements)
            text = "; ".join(one.sql for one in statements)
            with self._logged(statements), tracing.span("sql", statement=text):
                return self._prepared().fetch(statements)

    @property
    def _is_logged(self) -> bool:
        """As Django's `queries_logged`, which looks a setting up each time."""
        return self._is_debugged or self.force_debug_cursor

    def _is_idle(self) -> bool:
        idle: bool = self.connection.info.transaction_status == TransactionStatus.IDLE
        return idle

    def _prepared(self) -> Statements:
        if self._prepared_ones is None or self._prepared_ones.connection is not self.connection:
            self._prepared_ones = Statements(self.connection)
        return self._prepared_ones

    @contextmanager
    def _logged(self, statements: Sequence[Statement]) -> Iterator[None]:
        """Note statements where Django notes its own, for tests that count them."""
        start = time.monotonic()
        try:
            yield
        finally:
            if self._is_logged:
                took = f"{time.monotonic() - start:.3f}"
                self.queries_log.extend({"sql": one.sql, "time": took} for one in statements)

    def close_if_health_check_failed(self) -> None:
        """Spares the question to a server from which nothing was heard since the last answer.

        One that has ended the connection, or was ended, has said so, and the socket has it to read.
        """
        if self.connection is not None and not self.health_check_done and self._is_quiet():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _is_quiet(self) -> bool:
        if self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN | select.POLLHUP)
        return not poll.poll(0)


_of_thread = threading.local()


def postgres() -> DatabaseWrapper:
    """This thread's connection: Django's `connections["default"]`, which runs Python code to find it."""
    try:
        return _of_thread.connection  # type: ignore[no-any-return]
    except AttributeError:
        found = _of_thread.connection = cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS])
        return found
