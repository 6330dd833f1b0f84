"""`@batch`: a resolver that is called once for all the objects at its level.

    @batch
    def resolve_author(pins: list[PinRecord], info) -> list[UserRecord | None]: ...

graphql-core visits one object after the other. So what a batch resolver returns travels in `Item`s,
each of which knows its level: the objects of its type at the same position of the query. The first
object that is asked for a field has it resolved for the whole level; the others take their result.
Ordinary resolvers see an `Item` as the object itself.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, GraphQLResolveInfo, is_composite_type

BatchResolver = Callable[..., Sequence[Any]]


class Level:
    """Objects of one type at one position, and what batch resolvers gave for them."""

    __slots__ = ("objects", "results")

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.results: dict[int, Sequence[Any] | Exception] = {}


class Item:
    """An object with its place in a level. Reads as the object, whose own names no slot may hide."""

    __slots__ = ("_index", "_level", "_object")

    def __init__(self, value: Any, level: Level) -> None:
        self._object = value
        self._level = level
        self._index = len(level.objects)
        level.objects.append(value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object, name)


def batch(resolve: BatchResolver) -> Callable[..., Any]:
    """Make a resolver of lists, `(objects, info, **arguments) -> results`, a Graphene resolver.

    An exception among the results is the error of its own object; one that is raised is everybody's.
    """

    @wraps(resolve)
    def resolver(root: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        item = root if isinstance(root, Item) else Item(root, Level())
        # Within a level all objects share the field's node, and nobody else does.
        position = id(info.field_nodes[0])
        level = item._level
        results = level.results.get(position)
        if results is None:
            results = level.results[position] = _run(resolve, level, info, arguments)
        if isinstance(results, Exception):
            raise results
        return results[item._index]

    return resolver


def _run(
    resolve: BatchResolver, level: Level, info: GraphQLResolveInfo, arguments: dict[str, Any]
) -> Sequence[Any] | Exception:
    try:
        results = resolve(level.objects, info, **arguments)
    except Exception as error:
        return error
    if len(results) != len(level.objects):
        return AssertionError(f"{resolve.__qualname__} must give one result for each object")
    return _as_items(results, info.return_type)


def _as_items(results: Sequence[Any], of_type: Any) -> Sequence[Any]:
    """Results placed in levels of their own, one for each of their types, lists flattened."""
    depth = 0
    while isinstance(of_type, (GraphQLNonNull, GraphQLList)):
        depth += isinstance(of_type, GraphQLList)
        of_type = of_type.of_type
    if not is_composite_type(of_type):
        return results
    levels: dict[type, Level] = {}

    def place(value: Any, depth: int) -> Any:
        if value is None or isinstance(value, Exception):
            return value
        if depth:
            return [place(one, depth - 1) for one in value]
        return Item(value, levels.setdefault(type(value), Level()))

    return [place(result, depth) for result in results]
