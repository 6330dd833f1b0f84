"""Statements that the server has prepared, sent through libpq with as little between as can be.

psycopg's cursors prepare and pipeline too, at more than twice the processor time (docs/benchmarks.md):
what they adapt, name and count for each execution is fixed here once for each text. What is read is
adapted by psycopg all the same, from Postgres's binary form, which both sides make and read faster.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

Rows = list[tuple[Any, ...]]

# Of one connection. When there are more, it begins anew.
MAX_PREPARED = 200


class Binary(bytes):
    """A parameter's value in Postgres's binary form."""


_FORMATS = {Binary: Format.BINARY}


class Statement(NamedTuple):
    """An SQL text with `%s` for its parameters, or with their numbers: `$1`, `$2`.

    `is_lasting`: it is one of a fixed number of texts, and worth a plan that the server keeps.
    """

    sql: str
    params: Sequence[Any]
    is_lasting: bool = True


class Statements:
    """The prepared statements of one connection."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self._names: dict[str, bytes] = {}
        self._numbers = count(1)
        self._reader = Transformer(connection)

    def fetch(self, statements: Sequence[Statement]) -> list[Rows]:
        """The rows of each, all in one round trip, or the first one's error."""
        pgconn = self.connection.pgconn
        if len(self._names) + len(statements) > MAX_PREPARED:
            pgconn.exec_(b"DEALLOCATE ALL")
            self._names.clear()
        try:
            results = (
                [self._execute(pgconn, statements[0])]
                if len(statements) == 1
                else self._pipeline(pgconn, statements)
            )
            return [self._rows(result) for result in results]
        except psycopg.errors.QueryCanceled:  # it took too long, and its plan is as good as before
            raise
        except psycopg.Error as error:
            # A plan may be out of date, as after a migration: what comes next is planned anew.
            self._names.clear()
            if self.connection.closed:  # which libpq puts into words that have no code
                raise psycopg.OperationalError(str(error)) from error
            raise

    def _execute(self, pgconn: PGconn, statement: Statement) -> PGresult:
        values, formats = self._sent(statement)
        name = self._name(pgconn, statement)
        if name is None:
            sql = _numbered(statement.sql)
            return pgconn.exec_params(sql, values, None, formats, Format.BINARY)
        # None is NULL, which the driver's annotation forgets.
        return pgconn.exec_prepared(name, values, formats, Format.BINARY)  # type: ignore[arg-type]

    def _pipeline(self, pgconn: PGconn, statements: Sequence[Statement]) -> list[PGresult]:
        names = [self._name(pgconn, one) for one in statements]
        sent = [self._sent(one) for one in statements]
        pgconn.enter_pipeline_mode()
        try:
            for name, one, (values, formats) in zip(names, statements, sent, strict=True):
                if name is None:
                    sql = _numbered(one.sql)
                    pgconn.send_query_params(sql, values, None, formats, Format.BINARY)
                else:
                    pgconn.send_query_prepared(name, values, formats, Format.BINARY)
            pgconn.pipeline_sync()
            return _results(pgconn)
        finally:
            pgconn.exit_pipeline_mode()

    def _sent(self, statement: Statement) -> tuple[list[bytes | None], list[Format]]:
        """The parameters' values, and the form that each is in."""
        values = [_as_sent(self.connection, value) for value in statement.params]
        return values, [_FORMATS.get(type(value), Format.TEXT) for value in statement.params]

    def _name(self, pgconn: PGconn, statement: Statement) -> bytes | None:
        """The name of a prepared statement; None for one that is not kept."""
        name = self._names.get(statement.sql)
        if name is None and statement.is_lasting:
            name = f"pinboard_{next(self._numbers)}".encode()
            result = pgconn.prepare(name, _numbered(statement.sql))
            if result.status != ExecStatus.COMMAND_OK:
                raise error_from_result(result)
            self._names[statement.sql] = name
        return name

    def _rows(self, result: PGresult) -> Rows:
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result)
        self._reader.set_pgresult(result)
        found = self._reader.load_rows(0, result.ntuples, tuple)
        self._reader.set_pgresult(None)  # which would be kept until the next one comes
        return found


def _results(pgconn: PGconn) -> list[PGresult]:
    """All results up to the end of the pipeline; each is followed by nothing.

    Raises `OperationalError` where the connection ends before: no end comes, and nothing is all that does.
    """
    results: list[PGresult] = []
    while True:
        result = pgconn.get_result()
        if result is not None:
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)
        elif pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(pgconn.get_error_message())


@lru_cache(maxsize=2_000)
def _numbered(sql: str) -> bytes:
    """The text as the server has it, with `$1`, `$2` for its parameters."""
    numbers = count(1)
    return re.sub(r"%[s%]", lambda at: f"${next(numbers)}" if at[0] == "%s" else "%", sql).encode()


def _as_sent(connection: "psycopg.Connection[Any]", value: Any) -> bytes | None:
    """A parameter's value; the server knows its type from where it stands."""
    kind = type(value)
    if kind is int:
        return b"%d" % value
    if value is None or kind is Binary:
        return value  # type: ignore[no-any-return]
    if kind is str and "\x00" not in value:
        return value.encode()  # type: ignore[no-any-return]
    (text,) = Transformer(connection).dump_sequence([value], [PyFormat.TEXT])
    return None if text is None else bytes(text)
