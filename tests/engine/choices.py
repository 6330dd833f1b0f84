"""Data of which anything may be wrong.

An object is a number. What a field of it gives is looked up in a row of choices that a test draws:
a value, a null, an error, a value of the wrong type. It depends on the object, the field and its
arguments alone, so two executors meet the same data in whatever order they ask.
"""

from dataclasses import dataclass
from enum import Enum
from zlib import crc32

from graphql import (
    GraphQLError,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)


class Color(Enum):
    RED = "red"
    BLUE = "blue"


LEAVES = {
    "String": ["text", "", "ä\u2028", 7, True, ["no text"]],
    "Int": [1, 0, -5, 2**31 - 1, 2**31, True, 1.0, "12", "twelve"],
    "Float": [1.5, 0.0, 2, float("inf"), "1.5", "much"],
    "Boolean": [True, False, 1, "yes"],
    "ID": ["id", 12, 0, 1.5, "", True],
    "Color": ["red", "blue", Color.RED, "green", 3, ["red"]],
    "Moment": ["now", "text", 5],
}


@dataclass(frozen=True)
class Thing:
    """An object: its number, and the choices that know its fields."""

    number: int
    choices: "Choices"

    @property
    def name(self):
        """An error is given here, as a value."""
        return self.choices.value(self.number, "name", GraphQLString, "")

    @property
    def label(self):
        """An error is raised here."""
        return given(self.choices.value(self.number, "label", GraphQLNonNull(GraphQLString), ""))

    @property
    def rank(self):
        return self.choices.value(self.number, "rank", GraphQLInt, "")

    @property
    def friend(self):
        choice = self.choices.choose(self.number, "friend")
        return None if choice % 5 == 0 else Thing(choice % 1000, self.choices)


def given(value):
    """A value; one that is an error is raised."""
    if isinstance(value, Exception):
        raise value
    return value


class Choices:
    """Choices, in a row without end. About one in `soundness` values is not what it should be."""

    def __init__(self, drawn, soundness):
        self.drawn = drawn
        self.soundness = soundness

    def choose(self, *about):
        """A number for what is asked about: the same for the same."""
        return self.drawn[crc32(repr(about).encode()) % len(self.drawn)]

    def value(self, number, field, of_type, arguments):
        """What the field of an object gives."""
        return self._of_type(of_type, (number, field, arguments))

    def things(self, *about):
        """Some objects, all of them sound."""
        count = self.choose(about) % 4
        return [Thing(crc32(repr((about, at)).encode()) % 1000, self) for at in range(count)]

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
        refused = GraphQLError("refused", extensions={"code": choice})
        errors = [ValueError("broken"), refused, KeyError(7), None, Undefined]
        if is_non_null_type(of_type):
            of_type = of_type.of_type
        if is_list_type(of_type):
            return [*errors, "a text", 5, {"a": 1}][choice % 8]
        odd = LEAVES[of_type.name] if is_leaf_type(of_type) else []
        return [*errors, *odd][choice % (5 + len(odd))]

    def _list(self, of_type, about, choice):
        items = [self._of_type(of_type.of_type, (about, i)) for i in range(choice % 4)]
        return tuple(items) if choice % 3 == 0 else iter(items) if choice % 5 == 0 else items
