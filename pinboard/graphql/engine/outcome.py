"""What errors make of the data: nulls, up to the next position that may be null.

Specification: https://spec.graphql.org/October2021/#sec-Handling-Field-Errors
"""

from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError, located_error

from pinboard.graphql.engine.places import Places


@dataclass(frozen=True, slots=True)
class Failure:
    """A value that could not be had."""

    places: Places
    index: int
    error: Exception


def is_null(failures: list[Failure]) -> bool:
    """Whether nothing is left of the data: an error that no position on its way up could hold."""
    return any(one.places.nulled(one.index) == 0 for one in failures)


def settle(data: dict[str, Any], failures: list[Failure]) -> ExecutionResult:
    """The data with its nulls, and the errors in the document's order.

    An error beneath what an earlier one has made null is left out: one who visits object by object
    would not have come there.
    """
    answer: dict[str, Any] | None = data
    errors: list[GraphQLError] = []
    for failure in sorted(failures, key=lambda one: one.places.order(one.index)):
        path = failure.places.path(failure.index).as_list()
        depth = failure.places.nulled(failure.index)
        if answer is None or not _make_null(answer, path[:depth], path):
            continue
        if depth == 0:
            answer = None
        errors.append(located_error(failure.error, failure.places.field.nodes, path))
    errors.sort(key=lambda one: (one.locations or [], one.path or [], one.message))
    return ExecutionResult(answer, errors)


def _make_null(data: Any, target: list[str | int], path: list[str | int]) -> bool:
    """Set what `target` leads to to None; False when something above it is null already."""
    if not target:
        return True
    for step in target[:-1]:
        data = data[step]
        if data is None:
            return False
    if data[target[-1]] is None and len(target) < len(path):
        return False
    data[target[-1]] = None
    return True
