"""What a resolver is told about where it is: the attributes of graphql-core's `GraphQLResolveInfo`."""

from collections.abc import Callable
from typing import Any

from graphql import FieldNode, GraphQLObjectType
from graphql.pyutils import Path


class Info:
    """Like `GraphQLResolveInfo`; the path is worked out when it is asked for."""

    __slots__ = (
        "_path",
        "_run",
        "context",
        "field_name",
        "field_nodes",
        "parent_type",
        "return_type",
    )

    def __init__(
        self,
        run: Any,
        nodes: list[FieldNode],
        parent_type: GraphQLObjectType,
        return_type: Any,
        path: Callable[[], list[str | int]],
    ) -> None:
        self._run = run
        self._path = path
        self.context = run.context
        self.field_name = nodes[0].name.value
        self.field_nodes = nodes
        self.parent_type = parent_type
        self.return_type = return_type

    @property
    def path(self) -> Path:
        """Where the object stands in the answer. For a batch resolver: where the first one does."""
        steps = self._path()
        found = Path(None, steps[0], None)
        for step in steps[1:]:
            found = found.add_key(step)
        return found

    @property
    def schema(self) -> Any:
        return self._run.schema

    @property
    def fragments(self) -> Any:
        return self._run.fragments

    @property
    def root_value(self) -> Any:
        return self._run.root_value

    @property
    def operation(self) -> Any:
        return self._run.operation

    @property
    def variable_values(self) -> dict[str, Any]:
        values: dict[str, Any] = self._run.variables
        return values

    @staticmethod
    def is_awaitable(_value: Any) -> bool:
        """Nothing is: the engine runs in one thread, to the end."""
        return False
