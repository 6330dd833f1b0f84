"""`@batch`: a resolver that is called once for all the objects at its position.

@batch
def resolve_author(pins: list[PinRecord], info) -> Later[list[UserRecord | None]]: ...
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from pinboard.related import related
from pinboard.sql import Later

BatchResolver = Callable[..., Sequence[Any] | Later[Any]]


def batch(resolve: BatchResolver) -> Callable[..., Any]:
    """Mark a resolver of lists, `(objects, info, **arguments) -> results`, for the engine.

    What it gives as `Later` is fetched in one round trip with what the other fields there want.
    An exception among the results is the error of its own object; one that is raised is everybody's.
    What comes back is a Graphene resolver of one object, right but slow, for other executors.
    """

    @wraps(resolve)
    def resolver(root: Any, info: Any, **arguments: Any) -> Any:
        results = resolve([root], info, **arguments)
        found: Sequence[Any] = results.get() if isinstance(results, Later) else results
        (result,) = found
        return result

    resolver.batch = resolve  # type: ignore[attr-defined]
    return resolver


def reading(*attributes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a resolver that reads no other attributes of its records than these, put above `@batch`.

    A list can leave out the others. A resolver that is not marked has all of them.
    """

    def mark(resolver: Callable[..., Any]) -> Callable[..., Any]:
        resolver.reads = attributes  # type: ignore[attr-defined]
        return resolver

    return mark


def at_most(count: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a resolver of lists, none of which is longer than this, for the price; put above `@batch`."""

    def mark(resolver: Callable[..., Any]) -> Callable[..., Any]:
        resolver.at_most = count  # type: ignore[attr-defined]
        return resolver

    return mark


def bringing(name: str) -> Callable[[BatchResolver], Callable[..., Any]]:
    """Mark a batch resolver whose results a page's records may bring along by `name`.

    It is called where they did not: `pinboard.related`.
    """

    def mark(resolve: BatchResolver) -> Callable[..., Any]:
        @wraps(resolve)
        def taking(objects: Any, info: Any, **arguments: Any) -> Sequence[Any] | Later[Any]:
            brought = related(objects, name)
            return resolve(objects, info, **arguments) if brought is None else brought

        resolver = batch(taking)
        resolver.brings = name  # type: ignore[attr-defined]
        return resolver

    return mark
