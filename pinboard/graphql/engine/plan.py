"""Plans: a document's selections, made ready for one type after the other as objects of it turn up.

A plan holds nothing of a request. Selections that `@skip` and `@include` change by variables are
planned once for each combination of those variables' values.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from threading import Lock
from typing import Any

from graphene.types.resolver import attr_resolver, dict_or_attr_resolver
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_abstract_type,
)
from graphql.execution import default_field_resolver
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.execute import get_field_def
from graphql.execution.values import get_argument_values

from pinboard import tracing
from pinboard.errors import Refusal
from pinboard.graphql.engine import price, reading, shapes
from pinboard.graphql.engine.limits import limit_positions
from pinboard.related import EVERYTHING, Wanted, related
from pinboard.table import Table, column

# A position that is kept takes so much at most: tests/endpoint/test_plans.py measures it.
POSITION_BYTES = 3_000

# Fields below a field, each by the names that lead to it.
Paths = tuple[tuple[str, ...], ...]

# Graphene's resolvers for a field that only reads the attribute of its name.
_READERS = (attr_resolver, dict_or_attr_resolver)


@dataclass(eq=False)
class Selection:
    """The fields that are wanted of objects of one type."""

    fields: list["FieldPlan"]

    @cached_property
    def answers(self) -> Callable[[list[Sequence[Any]]], list[dict[str, Any]]]:
        """Makes the objects of the answer of the fields' columns.

        Each is a literal with the fields' names, which takes a third of the time of `dict(zip(names, values))`.
        """
        names = [f"_{number}" for number in range(len(self.fields))]
        pairs = zip((field.key for field in self.fields), names, strict=True)
        literal = ", ".join(f"{key!r}: {name}" for key, name in pairs)
        source = f"lambda columns: [{{{literal}}} for {', '.join(names)}, in zip(*columns)]"
        made: Callable[..., list[dict[str, Any]]] = eval(source)  # noqa: S307 - GraphQL's names
        return made


@dataclass(eq=False)
class FieldPlan:
    """One field of a selection, at one position of the document."""

    variant: "Variant"
    index: int
    key: str
    nodes: list[FieldNode]
    parent_type: GraphQLObjectType
    definition: GraphQLField

    def __post_init__(self) -> None:
        resolve: Callable[..., Any] = self.definition.resolve or default_field_resolver
        self.resolve = resolve
        self.batch: Callable[..., Any] | None = getattr(resolve, "batch", None)
        self.page_size: Callable[[dict[str, Any]], int] | None = getattr(resolve, "page_size", None)
        self.price: Callable[[dict[str, Any]], int] | None = getattr(resolve, "price", None)
        self.at_most: int | None = getattr(resolve, "at_most", None)
        self.asked: Callable[..., Any] | None = getattr(resolve, "asked", None)
        self.is_mutation = self.parent_type is self.variant.document.schema.mutation_type
        self.brings: str | None = getattr(resolve, "brings", None)
        # Reads an attribute of the objects, or what they brought along: of a table, its column of that name.
        self.at_hand: Callable[[Sequence[Any]], Sequence[Any] | None] | None = None
        self._column: str = ""
        self.reads: Collection[str] | None = getattr(resolve, "reads", None)
        if isinstance(resolve, partial) and resolve.func in _READERS:
            (self._column,) = self.reads = resolve.args[:1]
            self.at_hand = partial(column, name=self._column)
        elif self.brings is not None:
            self._column = self.brings
            self.at_hand = partial(related, name=self._column)
        self.is_type_name = (
            self.definition.type is not None and self.nodes[0].name.value == "__typename"
        )
        if self.is_type_name:
            self.reads = ()
        self.shape = shapes.shape_of(self.definition.type, self)
        self.has_variables = reading.uses_variables(self.nodes[0])
        self._wanted: dict[Paths, Wanted] = {}
        self._lists_below: dict[Paths, FieldPlan | None] = {}
        self._selections: dict[str, Selection] = {}
        self._arguments: dict[str, Any] | None = None
        if not self.has_variables:
            # What is wrong with constants, validation has found.
            self._arguments = get_argument_values(self.definition, self.nodes[0])

    @cached_property
    def may_be_swept(self) -> bool:
        """Whether it is read off the objects, with all that is below it."""
        try:
            return self.is_type_name or (self.at_hand is not None and self.shape.may_be_swept())
        except (Refusal, GraphQLError):  # below are more fields than a plan may have
            return False

    def sweep(self, run: Any, objects: Sequence[Any]) -> Sequence[Any] | None:
        """The completed values of one that `may_be_swept`, if they are at hand and there is nothing about them
        to be looked at."""
        try:
            if self.is_type_name:
                return [self.parent_type.name] * len(objects)
            values = objects.column(self._column) if type(objects) is Table else None
            if values is None and self.at_hand is not None:
                values = self.at_hand(objects)
        except Exception:
            return None
        return None if values is None else self.shape.sweep(run, values)

    def arguments(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The resolver's arguments. Raises `GraphQLError`."""
        if self._arguments is not None:
            return self._arguments
        return get_argument_values(self.definition, self.nodes[0], variables)

    def selection(self, of_type: GraphQLObjectType) -> Selection:
        """What is wanted of objects of a type here. Raises `GraphQLError`."""
        found = self._selections.get(of_type.name)
        if found is None:
            found = self._selections[of_type.name] = self.variant.plan(
                of_type, self.variant.collect_below(of_type, self.nodes)
            )
        return found

    def wanted(self, paths: Paths) -> Wanted:
        """What is asked of the records that the fields of these paths lead to; found out once."""
        if paths not in self._wanted:
            self._wanted[paths] = Wanted.both(self._wanted_at(path) for path in paths)
        return self._wanted[paths]

    def list_below(self, paths: Paths) -> "FieldPlan | None":
        """The one list that is asked of the records that the fields of these paths lead to; found out once."""
        if paths not in self._lists_below:
            fields = chain.from_iterable(self._fields_at(path) or () for path in paths)
            lists = [field for field in fields if field.asked is not None]
            self._lists_below[paths] = lists[0] if len(lists) == 1 else None
        return self._lists_below[paths]

    def _wanted_at(self, path: tuple[str, ...]) -> Wanted:
        fields = self._fields_at(path)
        return EVERYTHING if fields is None else Wanted.both(field._asks for field in fields)

    def _fields_at(self, path: tuple[str, ...]) -> "list[FieldPlan] | None":
        """What is asked of the objects that a path leads to; None where they may be of several types."""
        of_type = get_named_type(self.definition.type)
        if is_abstract_type(of_type):
            return None
        if not isinstance(of_type, GraphQLObjectType):
            return []
        fields = self.selection(of_type).fields
        if not path:
            return fields
        found: list[FieldPlan] = []
        for field in fields:
            if field.nodes[0].name.value == path[0]:
                below = field._fields_at(path[1:])
                if below is None:
                    return None
                found += below
        return found

    @property
    def _asks(self) -> Wanted:
        """What this field asks of the records that it is a field of."""
        if self.brings is not None:
            return Wanted(frozenset(), {self.brings: self._wanted_at(())})
        return Wanted(None if self.reads is None else frozenset(self.reads))


class Variant:
    """An operation, for one combination of the values that its conditions depend on."""

    def __init__(self, document: "Operation", conditions: dict[str, Any]) -> None:
        self.document = document
        self.positions = 0
        self._conditions = conditions
        self._is_planned = False
        self._planning = Lock()
        self._price: int | None = None

    @cached_property
    def root(self) -> Selection:
        """What is wanted of the root type. Raises `GraphQLError`."""
        document = self.document
        return self.plan(
            document.root_type,
            collect_fields(
                document.schema,
                document.fragments,
                self._conditions,
                document.root_type,
                document.operation.selection_set,
            ),
        )

    def price(self, variables: dict[str, Any]) -> int:
        """What the operation costs at most, in points: see `price`."""
        if self._price is not None:
            return self._price
        if self._is_planned:
            return price.price_of(self.root, variables)
        # All that may be selected is planned, since all of it is priced. Were it planned by two requests at
        # once, its positions would count twice.
        with self._planning, tracing.span("graphql.plan"):
            points = price.price_of(self.root, variables)
        self._is_planned = True
        if not self.document.has_variables:
            self._price = points
        return points

    def collect_below(
        self, of_type: GraphQLObjectType, nodes: list[FieldNode]
    ) -> dict[str, list[FieldNode]]:
        """The fields below some that share a name in the answer."""
        document = self.document
        return collect_sub_fields(
            document.schema, document.fragments, self._conditions, of_type, nodes
        )

    def plan(self, of_type: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> Selection:
        """A selection of collected fields; those that the type does not have are left out.

        Raises `TooComplex` for more than a plan may have.
        """
        positions = self.positions + len(fields)
        limit_positions(positions)
        self.positions = positions
        plans: list[FieldPlan] = []
        for key, nodes in fields.items():
            definition = get_field_def(self.document.schema, of_type, nodes[0])
            if definition is not None:
                if definition.deprecation_reason is not None:
                    self.document.deprecated.add(f"{of_type.name}.{nodes[0].name.value}")
                plans.append(FieldPlan(self, len(plans), key, nodes, of_type, definition))
        return Selection(plans)


class Operation:
    """One operation of a valid document, with its plans."""

    # Conditions of a document give this many variants that are kept; more are planned each time.
    MAX_VARIANTS = 16

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = reading.fragments_of(document)
        self.has_variables = bool(operation.variable_definitions)
        # The deprecated fields that were planned, such as `Pin.repinCount`.
        self.deprecated: set[str] = set()
        self._condition_names = reading.condition_names(document)
        self._variants: dict[tuple[Any, ...], Variant] = {}
        # What `Documents` last took it to weigh.
        self.weighed = 0
        self._document_weight = reading.weight(document)

    @property
    def root_type(self) -> GraphQLObjectType:
        found = self.schema.get_root_type(self.operation.operation)
        assert found is not None  # or the document would not be valid
        return found

    @property
    def weight(self) -> int:
        """The bytes that it takes at most. It grows by what is planned for new conditions."""
        positions = sum([one.positions for one in tuple(self._variants.values())])
        return self._document_weight + POSITION_BYTES * positions

    @cached_property
    def outline(self) -> str:
        """The fields that lead to objects, as a line in the log has them."""
        return reading.outline(self.operation.selection_set)

    def variant(self, variables: dict[str, Any]) -> Variant:
        """The plans for the values that these variables give the conditions."""
        conditions = {name: variables[name] for name in self._condition_names if name in variables}
        key = tuple(conditions.get(name) for name in self._condition_names)
        found = self._variants.get(key)
        if found is None:
            found = Variant(self, conditions)
            if len(self._variants) < self.MAX_VARIANTS:
                self._variants[key] = found
        return found
