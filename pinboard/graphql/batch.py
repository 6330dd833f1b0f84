"""`@batch`: a resolver that is called once for all the objects at its position.

@batch
def resolve_author(pins: list[PinRecord], info) -> list[UserRecord | None]: ...
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

BatchResolver = Callable[..., Sequence[Any]]


def batch(resolve: BatchResolver) -> Callable[..., Any]:
    """Mark a resolver of lists, `(objects, info, **arguments) -> results`, for the engine.

    An exception among the results is the error of its own object; one that is raised is everybody's.
    What comes back is a Graphene resolver of one object, right but slow, for other executors.
    """

    @wraps(resolve)
    def resolver(root: Any, info: Any, **arguments: Any) -> Any:
        (result,) = resolve([root], info, **arguments)
        return result

    resolver.batch = resolve  # type: ignore[attr-defined]
    return resolver
