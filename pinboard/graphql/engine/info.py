"""What a resolver is told about where it is: the attributes of graphql-core's `GraphQLResolveInfo`."""

from typing import Any

from graphql import FieldNode, GraphQLObjectType
from graphql.pyutils import Path

from pinboard.related import Wanted


class Info:
    """Like `GraphQLResolveInfo`, each part of it worked out when it is asked for."""

    __slots__ = ("_field", "_index", "_places", "_run", "context")

    def __init__(self, run: Any, field: Any, places: Any, index: int) -> None:
        self._run = run
        self._field = field
        self._places = places
        self._index = index
        self.context = run.context

    @property
    def field_name(self) -> str:
        name: str = self._field.nodes[0].name.value
        return name

    @property
    def field_nodes(self) -> list[FieldNode]:
        nodes: list[FieldNode] = self._field.nodes
        return nodes

    @property
    def parent_type(self) -> GraphQLObjectType:
        of_type: GraphQLObjectType = self._field.parent_type
        return of_type

    @property
    def return_type(self) -> Any:
        return self._field.definition.type

    @property
    def path(self) -> Path:
        """Where the object stands in the answer. For a batch resolver: where the first one does."""
        found: Path = self._places.path(self._index)
        while isinstance(found.key, int):  # places in the field's own lists
            assert found.prev is not None
            found = found.prev
        return found

    @property
    def needs_only_id(self) -> bool:
        """Whether all that is asked about the field's object comes of its id alone."""
        return bool(self._field.wanted(((),)).is_id_alone)

    def wanted(self, *paths: tuple[str, ...]) -> Wanted:
        """What is asked of the records that the fields of these paths lead to."""
        found: Wanted = self._field.wanted(paths)
        return found

    def asked_below(self, *paths: tuple[str, ...]) -> Any:
        """What a list is asked for that is the only one below the records that the fields of these paths lead
        to: what the `asked` of its resolver gives, which is kept for it: `was_asked`. None where there is none, or
        several."""
        field = self._field.list_below(paths)
        if field is None:
            return None
        info = Info(self._run, field, self._places, self._index)
        asked = field.asked(info, **field.arguments(self._run.variables))
        self._run.asked[field] = asked
        return asked

    @property
    def was_asked(self) -> Any:
        """What the list above found that this one is asked for, whether or not it could bring it along; None
        where there is none above, or it did not look."""
        return self._run.asked.get(self._field)

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
