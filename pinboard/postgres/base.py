"""The backend, as `DATABASES` names it: `pinboard.postgres`."""

import select
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from pinboard.postgres.statements import Rows, Statement, Statements


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to Postgres."""

    health_check_done: bool
    _statements: Statements | None = None

    def fetch(self, statements: Sequence[Statement]) -> list[Rows]:
        """The rows of each statement, all in one round trip.

        For reads that many requests repeat. They see what the transaction sees, if there is one.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors, self._logged(statements):
            if not self.autocommit and self._is_idle():
                self.connection.execute("")  # the driver begins the transaction before this
            return self._prepared().fetch(statements)

    def _is_idle(self) -> bool:
        idle: bool = self.connection.info.transaction_status == TransactionStatus.IDLE
        return idle

    def _prepared(self) -> Statements:
        if self._statements is None or self._statements.connection is not self.connection:
            self._statements = Statements(self.connection)
        return self._statements

    @contextmanager
    def _logged(self, statements: Sequence[Statement]) -> Iterator[None]:
        """Note statements where Django notes its own, for tests that count them."""
        start = time.monotonic()
        try:
            yield
        finally:
            if self.queries_logged:
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
