"""A schema with every kind of type, and resolvers of every kind."""

from functools import partial
from types import SimpleNamespace

from graphene.types.resolver import dict_or_attr_resolver
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_list_type,
)

from pinboard.graphql.batch import batch, bringing, reading
from pinboard.sql import Later
from pinboard.table import Lists
from tests.engine.choices import Thing, given
from tests.engine.rows import BRIEF, as_found


def _serialize_moment(value):
    if not isinstance(value, str):
        raise GraphQLError("A moment is a text.")
    return None if value == "text" else f"moment {value}"


def _parse_moment(value):
    if not isinstance(value, str):
        raise ValueError("broken")
    if value == "never":
        raise GraphQLError("There is no such moment.")
    return value


# --- what info tells ------------------------------------------------------------------------------


def place(info):
    """The path, each step with the type that it is of."""
    step, steps = info.path, []
    while step is not None:
        steps.append((step.key, step.typename))
        step = step.prev
    return steps


def told(info):
    """All that a resolver is told, but for its path."""
    return [
        info.field_name,
        [node.loc.start for node in info.field_nodes],
        str(info.return_type),
        info.parent_type.name,
        sorted(info.fragments),
        info.operation.name.value,
        info.variable_values,
        info.root_value.number,
        info.schema is SCHEMA,
        info.is_awaitable(info),
    ]


def _told(root, info):
    return f"{told(info)} {place(info)}"


@batch
def _told_many(roots, info):
    return [str(told(info))] * len(roots)


# --- resolvers ------------------------------------------------------------------------------------


def _resolver(name, of_type):
    def resolve(root, info, **arguments):
        about = sorted(map(repr, arguments.items()))
        found = given(root.choices.value(root.number, name, of_type, about))
        return _as_rows(found, of_type, info)

    return resolve


def _values(name, of_type, roots, info, arguments):
    if roots[0].choices.choose(name) % 31 == 0:
        raise RuntimeError("nobody has it")
    about = sorted(map(repr, arguments.items()))
    found = [root.choices.value(root.number, name, of_type, about) for root in roots]
    if all(type(one) is list for one in found) and roots[0].choices.choose("lists", name) % 2:
        return Lists.of(found)
    if is_leaf_type(get_named_type(of_type)):
        return found
    found = [_as_rows(one, of_type, info) for one in found]
    return as_found(found, info, ()) if all(map(_is_thing, found)) else found


def _is_thing(found):
    return type(found) is Thing


def _as_rows(found, of_type, info):
    """Some lists of objects are tables."""
    if not isinstance(found, list) or not found or not all(map(_is_thing, found)):
        return found
    return as_found(found, info, ()) if is_list_type(of_type) else found


def _batch_resolver(name, of_type):
    @batch
    def resolve(roots, info, **arguments):
        return _values(name, of_type, roots, info, arguments)

    return resolve


def _later_resolver(name, of_type):
    @batch
    def resolve(roots, info, **arguments):
        return Later(None, lambda _: _values(name, of_type, roots, info, arguments))

    return resolve


KINDS = [_resolver, _batch_resolver, _later_resolver]


@reading(*BRIEF)
@batch
def _rank_as_it_is(roots, info):
    return [_thing(root).rank for root in roots]


@bringing("rank")
def _rank(roots, info):
    return [_thing(root).rank for root in roots]


@bringing("friend")
def _friend(roots, info):
    return Later(None, lambda _: [_thing(root).friend for root in roots])


def _thing(row):
    return Thing(row.number, row.choices)


def _page(root, info, **arguments):
    """Objects that are found some fields further down."""
    things = root.choices.things("page", root.number)
    nodes = as_found(things, info, ("nodes",), ("edges", "node"))
    return {"nodes": nodes, "edges": [{"node": one} for one in nodes], "number": len(nodes)}


@batch
def _notes(roots, info):
    """Objects of which some are dictionaries."""
    return [
        [
            {"name": one.name} if one.number % 2 else SimpleNamespace(name=one.name, label="a")
            for one in root.choices.things("notes", root.number)
        ]
        for root in roots
    ]


def _type_of(thing, info, abstract):
    choice = thing.choices.choose("type", thing.number, place(info))
    return [None, "Nobody", "Color", 5][choice % 4] if choice % 13 == 0 else ["A", "B"][choice % 2]


def _accepts(thing, info):
    return thing.choices.choose("is", thing.number, place(info)) % 17 != 0


# --- types ----------------------------------------------------------------------------------------

COLOR = GraphQLEnumType("Color", {"RED": "red", "BLUE": "blue"})
MOMENT = GraphQLScalarType("Moment", serialize=_serialize_moment, parse_value=_parse_moment)
RANGE = GraphQLInputObjectType(
    "Range",
    {
        "low": GraphQLInputField(GraphQLNonNull(GraphQLInt)),
        "high": GraphQLInputField(GraphQLNonNull(GraphQLInt), default_value=9),
        "moments": GraphQLInputField(GraphQLList(GraphQLNonNull(MOMENT))),
    },
)
FILTER = GraphQLInputObjectType(
    "Filter",
    lambda: {
        "low": GraphQLInputField(GraphQLInt, default_value=1),
        "colors": GraphQLInputField(GraphQLList(GraphQLNonNull(COLOR))),
        "inner": GraphQLInputField(FILTER),
        "range": GraphQLInputField(RANGE),
    },
)
ARGUMENTS = {
    "first": GraphQLArgument(GraphQLInt),
    "filter": GraphQLArgument(FILTER),
    "filters": GraphQLArgument(GraphQLList(GraphQLNonNull(FILTER))),
    "color": GraphQLArgument(COLOR, default_value="blue"),
    "moment": GraphQLArgument(MOMENT),
}


def _read(name, of_type):
    """A field that only reads an attribute, as Graphene has it."""
    return GraphQLField(of_type, resolve=partial(dict_or_attr_resolver, name, None))


def _fields(a, **others):
    leaves = [GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID, COLOR, MOMENT]
    types = {}
    for leaf in leaves:
        types[leaf.name.lower()] = leaf
        types[f"{leaf.name.lower()}s"] = GraphQLList(leaf)
        types[f"strict_{leaf.name.lower()}"] = GraphQLNonNull(leaf)
    for name, of_type in {"a": a, **others}.items():
        types[name] = of_type
        types[f"strict_{name}"] = GraphQLNonNull(of_type)
        types[f"{name}s"] = GraphQLList(of_type)
        types[f"strict_{name}s"] = GraphQLNonNull(GraphQLList(GraphQLNonNull(of_type)))
    types["grid"] = GraphQLList(GraphQLList(a))
    types["strict_grid"] = GraphQLList(GraphQLNonNull(GraphQLList(GraphQLNonNull(a))))
    return types


def _object_fields(a, page, **others):
    fields = {
        "name": _read("name", GraphQLString),
        "label": _read("label", GraphQLNonNull(GraphQLString)),
        "number": GraphQLField(GraphQLInt),
        "told": GraphQLField(GraphQLString, resolve=_told),
        "told_many": GraphQLField(GraphQLString, resolve=_told_many),
        "rank": GraphQLField(GraphQLInt, resolve=_rank),
        "strict_rank": GraphQLField(GraphQLNonNull(GraphQLInt), resolve=_rank),
        "same_rank": GraphQLField(GraphQLInt, resolve=_rank_as_it_is),
        "friend": GraphQLField(a, resolve=_friend),
        "strict_friend": GraphQLField(GraphQLNonNull(a), resolve=_friend),
        "page": GraphQLField(page, resolve=_page),
        "notes": GraphQLField(GraphQLList(NOTE), resolve=_notes),
    }
    for at, (name, of_type) in enumerate(_fields(a, **others).items()):
        made = KINDS[at % len(KINDS)](name, of_type)
        arguments = {} if is_leaf_type(get_named_type(of_type)) else ARGUMENTS
        # One that is not marked wants all there is of its objects.
        resolve = made if at % 5 == 0 else reading(*BRIEF)(made)
        fields[name] = GraphQLField(of_type, args=arguments, resolve=resolve)
    return fields


NOTE = GraphQLObjectType(
    "Note", {"name": _read("name", GraphQLString), "label": _read("label", GraphQLString)}
)


def make_schema():
    """The schema."""
    named = GraphQLInterfaceType(
        "Named", lambda: {"name": GraphQLField(GraphQLString)}, resolve_type=_type_of
    )

    def fields():
        return _object_fields(a, page, named=named, anything=anything, loose=loose)

    a = GraphQLObjectType("A", fields, interfaces=[named])
    b = GraphQLObjectType("B", fields, interfaces=[named], is_type_of=_accepts)
    anything = GraphQLUnionType("Anything", [a, b], resolve_type=_type_of)
    loose = GraphQLUnionType("Loose", [a, b])  # of what type an object is, B is asked
    edge = GraphQLObjectType("Edge", {"node": _read("node", a)})
    page = GraphQLObjectType(
        "Page",
        {
            "number": _read("number", GraphQLInt),
            "nodes": _read("nodes", GraphQLList(GraphQLNonNull(a))),
            "edges": _read("edges", GraphQLNonNull(GraphQLList(edge))),
        },
    )
    query, mutation = GraphQLObjectType("Query", fields), GraphQLObjectType("Mutation", fields)
    return GraphQLSchema(query, mutation, types=[a, b])


SCHEMA = make_schema()
