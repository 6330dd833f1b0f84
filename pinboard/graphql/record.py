"""What is noted of an operation: its cost for the client, its metrics, and a line in the log if slow."""

import time
from typing import Any, Self

import structlog

from pinboard import tracing
from pinboard.errors import Refusal
from pinboard.graphql import metrics
from pinboard.graphql.configured import configured
from pinboard.graphql.engine.plan import Operation
from pinboard.graphql.errors import Code, refusal
from pinboard.graphql.points import Portion
from pinboard.postgres.base import postgres
from pinboard.postgres.timeouts import took_too_long

log = structlog.get_logger(__name__)


class Measurement:
    """What is done for an operation in one thread: its time, its SQL statements, its plan if slow."""

    operation: Operation | None = None

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        self._postgres = postgres()
        self._statements_before = self._postgres.statements
        return self

    def _so_far(self) -> tuple[float, int]:
        """Seconds and statements since it began."""
        statements = self._postgres.statements - self._statements_before
        return time.perf_counter() - self._start, statements

    def _tell(self, name: str, seconds: float, statements: int, **more: int) -> None:
        assert self.operation is not None
        log.warning(
            "graphql.slow",
            operation=name,
            milliseconds=round(seconds * 1000),
            statements=statements,
            **more,
            plan=self.operation.outline,
        )


class Record(Measurement):
    """Kept from the moment when an operation comes to the moment when it is answered, or begins to be."""

    def __init__(self, operation_name: str | None, client: metrics.Client) -> None:
        self.was_planned = False
        self.portion: Portion | None = None
        self.requested = 0
        self.actual = 0
        self._name = operation_name
        self._client = client

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        """Count what was refused before it was one of the schema's operations, and faults of ours."""
        if isinstance(error, Refusal):
            self.note([refusal(error)], executed=False)
        elif isinstance(error, Exception):
            code = Code.TIMEOUT if took_too_long(error) else Code.INTERNAL
            self.note([{"extensions": {"code": code}}], executed=True)

    @property
    def cost(self) -> dict[str, int]:
        """`extensions.cost` of the answer, in points."""
        assert self.portion is not None  # it was executed
        balance = self.portion.balance
        return {
            "requested": self.requested,
            "actual": self.actual,
            "left": balance.left,
            "limit": balance.limit,
        }

    def note(self, errors: list[dict[str, Any]], *, executed: bool) -> None:
        """Count the operation, and tell of it if it was slow."""
        seconds, statements = self._so_far()
        name = name_of(self.operation, self._name)
        if tracing.is_on():
            tracing.describe(operation=name)
        figures = metrics.figures_of(name)
        outcome = "refused" if not executed else "errors" if errors else "ok"
        figures.outcomes[outcome].inc()
        figures.seconds.observe(seconds)
        figures.points.inc(self.actual)
        figures.statements.inc(statements)
        if self.operation is not None:
            figures.plans["cache" if self.was_planned else "made"].inc()
        for error in errors:
            metrics.ERRORS.labels(name, error["extensions"]["code"]).inc()
        if self.operation is not None:
            self._count_deprecated(self.operation)
            if seconds * 1000 >= configured().slow_operation_ms:
                self._tell(name, seconds, statements, points=self.actual)

    def _count_deprecated(self, operation: Operation) -> None:
        for field in tuple(operation.deprecated):
            name, version = self._client
            client = metrics.clients.bounded(name or metrics.ANONYMOUS, version)
            metrics.DEPRECATED.labels(field, *client).inc()


def name_of(operation: Operation | None, asked_for: str | None = None) -> str:
    """An operation's name as a label; the one that was `asked_for` where it was not found."""
    if operation is not None:
        name = operation.operation.name
        asked_for = None if name is None else name.value
    (label,) = metrics.operations.bounded(asked_for or metrics.ANONYMOUS)
    return label
