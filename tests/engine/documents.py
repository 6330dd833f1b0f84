"""Valid documents of a schema, for hypothesis to draw."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

from graphql import (
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)

from tests.engine.numbers import numbers
from tests.engine.worlds import SCHEMA

VARIABLES = (
    "($yes: Boolean!, $no: Boolean = true, $n: Int, $m: Int = 2, $color: Color = RED, "
    "$filter: Filter, $filters: [Filter!], $range: Range, $moment: Moment)"
)
# Mentions every variable, so that none is unused.
USE = (
    "_: __typename @skip(if: $yes) @include(if: $no) w: named(first: $n, color: $color, "
    "filter: {low: $m, inner: $filter, range: $range}, filters: $filters, moment: $moment)"
    " { __typename }"
)
DIRECTIVES = [
    "@skip(if: $yes)",
    "@include(if: $yes)",
    "@include(if: $no)",
    "@skip(if: true)",
    "@include(if: false)",
    "@skip(if: false)",
    "@skip(if: $no) @include(if: $yes)",
]
ARGUMENTS = [
    "",
    "(first: 1)",
    "(first: $n)",
    "(color: $color)",
    "(color: RED, first: $n)",
    "(filter: {low: $n, colors: [RED, BLUE]})",
    "(filter: $filter)",
    "(filter: {inner: {colors: RED}}, color: null)",
    '(filter: {range: {low: $m, moments: ["now", "then"]}})',
    "(filter: {inner: {range: $range}}, filters: {low: 3})",
    "(filters: $filters, moment: $moment)",
    '(filters: [{range: {low: 1, high: $m}}, {}], moment: "now")',
]
META_FIELDS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
META_ARGUMENTS = {
    "name": ['(name: "A")', '(name: "Filter")', '(name: "Color")', '(name: "Nothing")'],
    "includeDeprecated": ["", "(includeDeprecated: true)", "(includeDeprecated: $yes)"],
}
MAX_DEPTH = 4
# Fewer than the aliases that a document may have.
MAX_FIELDS = 90
# As many as the longest of documents takes.
NUMBERS = 800


@dataclass(frozen=True)
class Document:
    """Its text, and the name of the operation that is asked for: of one that it has, or not."""

    text: str
    operation_name: str | None


@dataclass
class Writer:
    """Writes one document, by numbers that say which of its options are taken."""

    numbers: Iterator[int]
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    fields: int = 0

    def number(self, count):
        return next(self.numbers) % count

    def pick(self, options):
        return options[self.number(len(options))]

    def seldom(self, times):
        return self.number(times) == times - 1

    def document(self, kind):
        operations = [self.operation(kind, "Q")]
        if self.seldom(6):
            operations.append(self.operation(self.pick(["query", "mutation"]), "R"))
        name = self.pick(["R", None, "Nobody"]) if self.seldom(6) else "Q"
        texts = [f"fragment {name} on {on} {text}" for name, (on, text) in self.fragments.items()]
        return Document("\n".join(operations + texts), name)

    def operation(self, kind, name):
        root = SCHEMA.query_type if kind == "query" else SCHEMA.mutation_type
        body = self.selections(root, 0)
        return f"{kind} {name}{VARIABLES} {{ {USE} ...{{ {body[1:-1]} }} }}"

    def selections(self, of_type, depth):
        count = 1 + self.number(4)
        return "{ " + " ".join(self.selection(of_type, depth) for _ in range(count)) + " }"

    def selection(self, of_type, depth):
        kind = self.number(10)
        directive = self.pick(DIRECTIVES) if self.seldom(6) else ""
        if depth == MAX_DEPTH:
            return self.field(of_type, depth, directive)
        if kind == 0:
            return f"... {directive} {self.selections(of_type, depth + 1)}"
        if kind == 1:
            on = self.condition(of_type)
            return f"... on {on} {directive} {self.selections(on, depth + 1)}"
        if kind == 2:
            return f"...{self.fragment(of_type, depth)} {directive}"
        return self.field(of_type, depth, directive)

    def condition(self, of_type):
        """A type whose objects may be found where those of `of_type` are."""
        if is_object_type(of_type):
            wider = list(of_type.interfaces)
            return self.pick([of_type, *wider])
        return self.pick([of_type, *SCHEMA.get_possible_types(of_type)])

    def fragment(self, of_type, depth):
        name = f"F{len(self.fragments)}"
        on = self.condition(of_type)
        self.fragments[name] = (on.name, "")
        self.fragments[name] = (on.name, self.selections(on, depth + 1))
        return name

    def field(self, of_type, depth, directive):
        fields = self.fields_of(of_type)
        names = [
            name
            for name, one in fields.items()
            if depth < MAX_DEPTH or not is_composite_type(get_named_type(one.type))
        ]
        if not names or self.fields == MAX_FIELDS or self.seldom(13):
            return f"__typename {directive}"
        self.fields += 1
        name = self.pick(names)
        one = fields[name]
        arguments = self.arguments(one)
        at = self.number(len(arguments))
        # One name in the answer always has one meaning, so fields that meet can merge.
        tag = f"{name.strip('_')}_{at}_{'n' if is_abstract_type(of_type) else 'o'}"
        if name in META_FIELDS:
            depth = max(depth, 1)  # lists in lists of the schema are refused from the third on
        below = (
            self.selections(get_named_type(one.type), depth + 1)
            if is_composite_type(get_named_type(one.type))
            else ""
        )
        return f"{tag}: {name}{arguments[at]} {directive} {below}"

    def fields_of(self, of_type):
        if of_type is SCHEMA.query_type and self.seldom(10):
            return META_FIELDS
        return getattr(of_type, "fields", {})

    def arguments(self, one):
        if not one.args:
            return [""]
        (first, *_) = one.args
        return META_ARGUMENTS.get(first, ARGUMENTS)


def documents(kind="query"):
    """A document whose first operation is of this kind."""
    return numbers(NUMBERS, NUMBERS).map(
        lambda drawn: Writer(chain(drawn, repeat(0))).document(kind)
    )
