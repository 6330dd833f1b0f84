"""Where operations read: queries from a replica, if there is one, all else from the primary."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graphql import ExecutionResult, OperationType

from pinboard.cache.writers import has_written, wrote
from pinboard.graphql.metrics import READS
from pinboard.postgres import replica


def execute(
    kind: OperationType, viewer_id: int | None, run: Callable[[], ExecutionResult]
) -> ExecutionResult:
    """Run an operation of this kind, for this viewer, where it may read."""
    if not replica.is_there():
        return run()
    if kind is OperationType.QUERY:
        with _source(viewer_id):
            return run()
    try:
        return run()
    finally:
        if viewer_id is not None:
            wrote(viewer_id)


@contextmanager
def _source(viewer_id: int | None) -> Iterator[None]:
    if viewer_id is not None and has_written(viewer_id):
        READS.labels("wrote").inc()
        yield
    elif not replica.is_near():
        READS.labels("behind").inc()
        yield
    else:
        READS.labels("replica").inc()
        with replica.reading():
            yield
