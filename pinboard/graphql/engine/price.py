"""What an operation costs at most, known before it runs: a point for each object that it may lead to.

Page sizes multiply: 25 pins with their authors are 25 points and 25 more. A mutation costs by itself
what its resolver says, as its `price` of the arguments. It all comes of the schema and the plan; there is
no table of prices to keep.
"""

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_introspection_type,
    is_object_type,
)

if TYPE_CHECKING:
    from pinboard.graphql.engine.plan import FieldPlan, Selection

# Of a mutation whose resolver says nothing.
MUTATION_PRICE = 10
# Of each field that leads to objects of the schema, however many: it may be all types, or all fields.
INTROSPECTION_PRICE = 100
# Of lists that are no connections, where neither their resolver (`at_most`) nor a list among the arguments says
# how long they may be.
LIST_SIZE = 10


def price_of(selection: "Selection", variables: dict[str, Any]) -> int:
    """The points of an operation whose root has this selection."""
    return 1 + _below(selection, variables, page=LIST_SIZE)


def _below(selection: "Selection", variables: dict[str, Any], page: int) -> int:
    """`page`: how many entries the connection holds of which this is the selection, if it is one."""
    return sum(
        _times(field, variables, page) * _each(field, variables)
        for field in selection.fields
        if is_composite_type(get_named_type(field.definition.type))
    )


def _each(field: "FieldPlan", variables: dict[str, Any]) -> int:
    """One object of a field with all below it: of the type that costs most, where it may be several."""
    if is_introspection_type(get_named_type(field.definition.type)):
        return _of_schema(field)
    page = _page_size(field, variables)
    below = [
        _below(field.selection(of_type), variables, page) for of_type in _possible_types(field)
    ]
    doing = price_of_doing(field, variables) if field.is_mutation else 0
    return 1 + doing + max(below, default=0)


def _of_schema(field: "FieldPlan") -> int:
    (of_type,) = _possible_types(field)
    below = field.selection(of_type).fields
    return INTROSPECTION_PRICE + sum(
        _of_schema(one) for one in below if is_composite_type(get_named_type(one.definition.type))
    )


def price_of_doing(mutation: "FieldPlan", variables: dict[str, Any]) -> int:
    """What a mutation costs by itself, beside the objects of its payload."""
    if mutation.price is None:
        return MUTATION_PRICE
    return mutation.price(_arguments(mutation, variables))


def _times(field: "FieldPlan", variables: dict[str, Any], page: int) -> int:
    """How many objects a field leads to from one."""
    of_type, times = field.definition.type, 1
    while isinstance(of_type, (GraphQLList, GraphQLNonNull)):
        if isinstance(of_type, GraphQLList):
            times *= field.at_most or _longest_list(field, variables) or page
        of_type = of_type.of_type
    return times


def _page_size(field: "FieldPlan", variables: dict[str, Any]) -> int:
    if field.page_size is None:
        return LIST_SIZE
    size: int = field.page_size(_arguments(field, variables))
    return size


def _longest_list(field: "FieldPlan", variables: dict[str, Any]) -> int:
    lists = [one for one in _arguments(field, variables).values() if isinstance(one, list)]
    return max(map(len, lists), default=0)


def _arguments(field: "FieldPlan", variables: dict[str, Any]) -> dict[str, Any]:
    try:
        return field.arguments(variables)
    except Exception:  # it will be the field's own error when it is resolved
        return {}


def _possible_types(field: "FieldPlan") -> list[GraphQLObjectType]:
    named: Any = get_named_type(field.definition.type)
    if is_object_type(named):
        return [named]
    return list(field.variant.document.schema.get_possible_types(named))
