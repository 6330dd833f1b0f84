"""A schema with every kind of type, over data of which anything may be wrong.

An object is a number. What a field of it gives is looked up in a table of choices that a test draws:
a value, a null, an error, a value of the wrong type. It depends on the object, the field and its
arguments alone, so two executors meet the same data in whatever order they ask.
"""

from dataclasses import dataclass
from enum import Enum
from functools import partial
from zlib import crc32

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
    Undefined,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from pinboard.graphql.batch import batch


class Color(Enum):
    RED = "red"
    BLUE = "blue"


def _serialize_moment(value):
    if not isinstance(value, str):
        raise GraphQLError("A moment is a text.")
    return None if value == "text" else f"moment {value}"


@dataclass(frozen=True)
class Thing:
    """An object: its number, and the table that knows its fields."""

    number: int
    table: "Table"

    @property
    def name(self):
        return self.table.value(self.number, "name", GraphQLString, "")

    @property
    def label(self):
        return self.table.value(self.number, "label", GraphQLNonNull(GraphQLString), "")


LEAVES = {
    "String": ["text", "", "ä\u2028", 7, True, ["no text"]],
    "Int": [1, 0, -5, 2**31 - 1, 2**31, True, 1.0, "12", "twelve"],
    "Float": [1.5, 0.0, 2, float("inf"), "1.5", "much"],
    "Boolean": [True, False, 1, "yes"],
    "ID": ["id", 12, 0, 1.5, "", True],
    "Color": ["red", "blue", Color.RED, "green", 3, ["red"]],
    "Moment": ["now", "text", 5],
}


class Table:
    """Choices, in a row without end. About one in `soundness` values is not what it should be."""

    def __init__(self, choices, soundness):
        self.choices = choices
        self.soundness = soundness

    def choose(self, *about):
        """A number for what is asked about: the same for the same."""
        return self.choices[crc32(repr(about).encode()) % len(self.choices)]

    def value(self, number, field, of_type, arguments):
        """What the field of an object gives."""
        return self._of_type(of_type, (number, field, arguments))

    def _of_type(self, of_type, about):
        choice = self.choose(about)
        if self.choose(about, "sound") % self.soundness == 0:
            return self._unsound(of_type, choice)
        if is_non_null_type(of_type):
            return self._of_type(of_type.of_type, (about, "!"))
        if is_list_type(of_type):
            return self._list(of_type, about, choice)
        if is_leaf_type(of_type):
            values = LEAVES[of_type.name]
            # The usual ones come first.
            return values[choice % 2]
        return Thing(crc32(repr(about).encode()) % 1000, self)

    def _unsound(self, of_type, choice):
        errors = [ValueError("broken"), GraphQLError("refused"), KeyError(7), None, Undefined]
        if is_non_null_type(of_type):
            of_type = of_type.of_type
        if is_list_type(of_type):
            return [*errors, "a text", 5, {"a": 1}][choice % 8]
        odd = LEAVES[of_type.name] if is_leaf_type(of_type) else []
        return [*errors, *odd][choice % (5 + len(odd))]

    def _list(self, of_type, about, choice):
        items = [self._of_type(of_type.of_type, (about, i)) for i in range(choice % 4)]
        return tuple(items) if choice % 3 == 0 else iter(items) if choice % 5 == 0 else items


def _resolver(name, of_type):
    def resolve(root, info, **arguments):
        assert info.path.as_list()[-1] == info.path.key
        found = root.table.value(root.number, name, of_type, sorted(map(repr, arguments.items())))
        if isinstance(found, Exception):
            raise found
        return found

    return resolve


def _batch_resolver(name, of_type):
    @batch
    def resolve(roots, info, **arguments):
        if roots[0].table.choose(name) % 31 == 0:
            raise RuntimeError("nobody has it")
        about = sorted(map(repr, arguments.items()))
        return [root.table.value(root.number, name, of_type, about) for root in roots]

    return resolve


COLOR = GraphQLEnumType("Color", {"RED": "red", "BLUE": "blue"})
MOMENT = GraphQLScalarType("Moment", serialize=_serialize_moment)
FILTER = GraphQLInputObjectType(
    "Filter",
    lambda: {
        "low": GraphQLInputField(GraphQLInt, default_value=1),
        "colors": GraphQLInputField(GraphQLList(GraphQLNonNull(COLOR))),
        "inner": GraphQLInputField(FILTER),
    },
)
ARGUMENTS = {
    "first": GraphQLArgument(GraphQLInt),
    "filter": GraphQLArgument(FILTER),
    "color": GraphQLArgument(COLOR, default_value="blue"),
}


def _type_of(thing, info, abstract):
    choice = thing.table.choose("type", thing.number)
    return [None, "Nobody", "Color", 5][choice % 4] if choice % 13 == 0 else ["A", "B"][choice % 2]


def _fields(named, anything, a):
    leaves = [GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID, COLOR, MOMENT]
    types = {}
    for leaf in leaves:
        types[leaf.name.lower()] = leaf
        types[f"{leaf.name.lower()}s"] = GraphQLList(leaf)
        types[f"strict_{leaf.name.lower()}"] = GraphQLNonNull(leaf)
    for name, of_type in (("named", named), ("anything", anything), ("a", a)):
        types[name] = of_type
        types[f"strict_{name}"] = GraphQLNonNull(of_type)
        types[f"{name}s"] = GraphQLList(of_type)
        types[f"strict_{name}s"] = GraphQLNonNull(GraphQLList(GraphQLNonNull(of_type)))
    types["grid"] = GraphQLList(GraphQLList(a))
    types["strict_grid"] = GraphQLList(GraphQLNonNull(GraphQLList(GraphQLNonNull(a))))
    return types


def _object_fields(named, anything, a):
    fields = {
        "name": GraphQLField(GraphQLString, resolve=partial(dict_or_attr_resolver, "name", None)),
        "label": GraphQLField(
            GraphQLNonNull(GraphQLString), resolve=partial(dict_or_attr_resolver, "label", None)
        ),
        "number": GraphQLField(GraphQLInt),
    }
    for at, (name, of_type) in enumerate(_fields(named, anything, a).items()):
        made = (_batch_resolver if at % 2 else _resolver)(name, of_type)
        arguments = {} if is_leaf_type(get_named_type(of_type)) else ARGUMENTS
        fields[name] = GraphQLField(of_type, args=arguments, resolve=made)
    return fields


def _accepts(thing, info):
    return thing.table.choose("is", thing.number) % 17 != 0


def make_schema():
    """The schema."""
    named = GraphQLInterfaceType(
        "Named", lambda: {"name": GraphQLField(GraphQLString)}, resolve_type=_type_of
    )
    a = GraphQLObjectType("A", lambda: _object_fields(named, anything, a), interfaces=[named])
    b = GraphQLObjectType(
        "B", lambda: _object_fields(named, anything, a), interfaces=[named], is_type_of=_accepts
    )
    anything = GraphQLUnionType("Anything", lambda: [a, b], resolve_type=_type_of)
    query = GraphQLObjectType("Query", lambda: _object_fields(named, anything, a))
    mutation = GraphQLObjectType("Mutation", lambda: _object_fields(named, anything, a))
    return GraphQLSchema(query, mutation, types=[a, b])


SCHEMA = make_schema()
