"""What is noted of a stream's looks: metrics, and a line in the log if slow."""

from typing import Any

from pinboard.graphql.configured import configured
from pinboard.graphql.engine.plan import Operation
from pinboard.graphql.metrics import ERRORS
from pinboard.graphql.record import Measurement, name_of
from pinboard.live import metrics


class Look(Measurement):
    """One look, from its beginning to the event that it may give."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.name = name_of(operation)

    def __exit__(self, *_: object) -> None:
        seconds, statements = self._so_far()
        metrics.SECONDS.labels(self.name).observe(seconds)
        metrics.STATEMENTS.labels(self.name).inc(statements)
        if seconds * 1000 >= configured().slow_operation_ms:
            self._tell(self.name, seconds, statements)


def count_event(name: str, body: dict[str, Any]) -> None:
    """Count what is told on a stream of the operation `name`."""
    errors = body.get("errors", [])
    metrics.EVENTS.labels(name, "errors" if errors else "ok").inc()
    for error in errors:
        ERRORS.labels(name, error["extensions"]["code"]).inc()
