"""Valid documents of a schema, and variables for them, for hypothesis to draw."""

from dataclasses import dataclass, field

from graphql import (
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)
from hypothesis import strategies as st

from tests.engine.worlds import SCHEMA

VARIABLES = "($yes: Boolean!, $no: Boolean = true, $n: Int, $color: Color = RED, $filter: Filter)"
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
]
MAX_DEPTH = 4


@dataclass
class Writer:
    """Writes one document."""

    draw: object
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)

    def pick(self, options):
        return self.draw(st.sampled_from(options))

    def document(self, kind):
        root = SCHEMA.query_type if kind == "query" else SCHEMA.mutation_type
        body = self.selections(root, 0)
        # Mentions every variable, so that none is unused.
        use = (
            "_: __typename @skip(if: $yes) @include(if: $no) "
            "w: named(first: $n, color: $color, filter: $filter) { __typename }"
        )
        fragments = "".join(
            f"\nfragment {name} on {on} {text}" for name, (on, text) in self.fragments.items()
        )
        return f"{kind} Q{VARIABLES} {{ {use} ...{{ {body[1:-1]} }} }}{fragments}"

    def selections(self, of_type, depth):
        count = self.draw(st.integers(1, 4))
        return "{ " + " ".join(self.selection(of_type, depth) for _ in range(count)) + " }"

    def selection(self, of_type, depth):
        kind = self.draw(st.integers(0, 9))
        directive = self.pick(DIRECTIVES) if self.draw(st.integers(0, 5)) == 0 else ""
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
        fields = getattr(of_type, "fields", {})
        names = [
            name
            for name, one in fields.items()
            if depth < MAX_DEPTH or not is_composite_type(get_named_type(one.type))
        ]
        if not names or self.draw(st.integers(0, 12)) == 0:
            return f"__typename {directive}"
        name = self.pick(names)
        one = fields[name]
        at = self.draw(st.integers(0, len(ARGUMENTS) - 1)) if one.args else 0
        # One name in the answer always has one meaning, so fields that meet can merge.
        tag = f"{name}_{at}_{'n' if is_abstract_type(of_type) else 'o'}"
        below = (
            self.selections(get_named_type(one.type), depth + 1)
            if is_composite_type(get_named_type(one.type))
            else ""
        )
        return f"{tag}: {name}{ARGUMENTS[at]} {directive} {below}"


@st.composite
def documents(draw, kind="query"):
    """The text of a document."""
    return Writer(draw).document(kind)


FILTERS = st.recursive(
    st.fixed_dictionaries({}, optional={"low": st.none() | st.integers(-3, 3)}),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"inner": inner, "colors": st.lists(st.sampled_from(["RED", "BLUE"]))}
    ),
    max_leaves=3,
)
VALUES = st.fixed_dictionaries(
    {"yes": st.booleans()},
    optional={
        "no": st.booleans(),
        "n": st.none() | st.integers(-5, 5),
        "color": st.none() | st.sampled_from(["RED", "BLUE"]),
        "filter": st.none() | FILTERS,
    },
)
