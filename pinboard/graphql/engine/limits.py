"""What a document and its variables may be: refused before validation and coercion spend time on them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from pinboard.errors import BadInput, TooComplex
from pinboard.graphql.engine.reading import fragments_of

MAX_LENGTH = 100_000
MAX_TOKENS = 3_000
MAX_DEPTH = 20
MAX_FIELDS = 1_500
MAX_ALIASES = 100
MAX_DIRECTIVES = 100
MAX_FRAGMENTS = 100
# In one selection set. Nobody's compiler repeats itself so often, and whether repeated fields can
# merge is looked at pair by pair.
MAX_SAME_NAME = 20
MAX_SPREADS = 50
MAX_VALIDATION_ERRORS = 20
# Of fields in the plan, where a fragment counts wherever it is spread, for each type that may be there.
MAX_POSITIONS = 3_000
# Of a value in a value: an input that holds a list of ids is three.
MAX_INPUT_DEPTH = 20

# A token, or a comment. The end of a text may be missing, lest one that has no end is looked for again
# and again.
_TOKEN = re.compile(
    r"""[_A-Za-z]\w*+|[!$&()\[\]{}:=@|]|\.\.\.|"(?:\\.|[^"\\\n\r])*+"?|-?\d[\w.+-]*+|\#[^\n\r]*+"""
)

# Postgres can't hold U+0000, so no text of ours has it, however it is spelled.
_NUL_ESCAPE = re.compile(r"\\u(?:0000|\{0+\})")


def limit_length(text: str) -> None:
    """Refuse what is too long to be read at all."""
    if len(text) > MAX_LENGTH:
        raise TooComplex(
            f"The document has {len(text)} characters, and may have {MAX_LENGTH}. Send values as variables."
        )
    # The parser counts too, at fifty times the cost for each, and lets comments pass.
    if sum(1 for _ in islice(_TOKEN.finditer(text), MAX_TOKENS + 1)) > MAX_TOKENS:
        raise TooComplex(
            f"The document has more than {MAX_TOKENS:,} tokens. Ask in several requests."
        )


def limit_depth(document: DocumentNode, operation: OperationDefinitionNode) -> None:
    """Refuse what is nested too deep.

    A fragment's depth is worked out once; one that spreads itself counts as endless.
    """
    fragments = fragments_of(document)
    known: dict[str, int] = {}

    def depth_of(node: Node) -> int:
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name not in known and name in fragments:
                known[name] = MAX_DEPTH + 1
                known[name] = depth_of(fragments[name])
            return known.get(name, 0)
        selections: SelectionSetNode | None = getattr(node, "selection_set", None)
        inner = (
            max((depth_of(one) for one in selections.selections), default=0) if selections else 0
        )
        return inner + isinstance(node, FieldNode)

    if depth_of(operation) > MAX_DEPTH:
        raise TooComplex(
            f"The document is nested deeper than {MAX_DEPTH} fields. Ask in several requests."
        )


def limit_width(document: DocumentNode) -> None:
    """Refuse what is too much of one kind, in one walk over the document."""
    fields = aliases = directives = 0
    waiting: list[Node] = list(document.definitions)
    _at_most(
        MAX_FRAGMENTS,
        sum(isinstance(one, FragmentDefinitionNode) for one in waiting),
        "fragments",
    )
    while waiting:
        node = waiting.pop()
        fields += isinstance(node, FieldNode)
        aliases += getattr(node, "alias", None) is not None
        directives += len(getattr(node, "directives", None) or ())
        waiting.extend(getattr(node, "variable_definitions", None) or ())
        for literal in _literals(node):
            _limit_nesting(literal, _inside_literal, "the document")
        below: SelectionSetNode | None = getattr(node, "selection_set", None)
        if below is not None:
            waiting.extend(below.selections)
            _limit_selections(below)
    _at_most(MAX_FIELDS, fields, "fields")
    _at_most(MAX_ALIASES, aliases, "aliases")
    _at_most(MAX_DIRECTIVES, directives, "directives")


def _literals(node: Node) -> Iterator[Node]:
    """The values that are written at a node: arguments, those of directives, a default."""
    for one in (node, *(getattr(node, "directives", None) or ())):
        for argument in getattr(one, "arguments", None) or ():
            if isinstance(argument, ArgumentNode):
                yield argument.value
    default: Node | None = getattr(node, "default_value", None)
    if default is not None:
        yield default


def _limit_selections(selections: SelectionSetNode) -> None:
    names = Counter(
        (one.alias or one.name).value for one in selections.selections if isinstance(one, FieldNode)
    )
    spreads = len(selections.selections) - names.total()
    _at_most(MAX_SAME_NAME, max(names.values(), default=0), "fields of one name in one place")
    _at_most(MAX_SPREADS, spreads, "fragments in one place")


def _at_most(limit: int, number: int, what: str) -> None:
    if number > limit:
        raise TooComplex(
            f"The document has {number} {what}, and may have {limit}. Ask in several requests."
        )


def refuse_nul_in_text(query: str) -> None:
    """Refuse a document that spells U+0000."""
    if _NUL_ESCAPE.search(query):
        raise BadInput("A text holds the character U+0000. Remove it.")


def limit_positions(number: int) -> None:
    """Refuse a plan of too many fields: a small text is a large plan if its fragments repeat themselves."""
    if number > MAX_POSITIONS:
        raise TooComplex(
            f"The document asks for more than {MAX_POSITIONS:,} fields, those of a fragment counted"
            " wherever it is spread. Ask in several requests."
        )


def limit_values(variables: dict[str, Any]) -> None:
    """Refuse variables with a list that is too long, a value too deep in others, or U+0000 in a text."""
    for name, value in variables.items():
        _limit_nesting(value, _inside, f"`${name}`")


def _limit_nesting(value: Any, inside: Callable[[Any, str], Collection[Any]], where: str) -> None:
    """Look at a value and all `inside` it, level by level: it may be nested as deep as JSON may be."""
    level = inside(value, where)
    for _ in range(MAX_INPUT_DEPTH):
        if not level:
            return
        level = [inner for one in level for inner in inside(one, where)]
    raise TooComplex(
        f"A value in {where} is nested deeper than {MAX_INPUT_DEPTH} levels. No input needs so many."
    )


def _inside(value: Any, where: str) -> Collection[Any]:
    """What a value of a variable holds."""
    if isinstance(value, str):
        if "\x00" in value:
            raise BadInput("A text holds the character U+0000. Remove it.")
    elif isinstance(value, list):
        _limit_list(len(value), where)
        return value
    elif isinstance(value, dict):
        return value.values()
    return ()


def _inside_literal(node: Node, where: str) -> Collection[Node]:
    """What a value in the document holds."""
    if isinstance(node, ListValueNode):
        _limit_list(len(node.values), where)
        return node.values
    if isinstance(node, ObjectValueNode):
        return [field.value for field in node.fields]
    return ()


def _limit_list(length: int, where: str) -> None:
    limit = settings.GRAPHQL_MAX_LIST_INPUT
    if length > limit:
        raise TooComplex(
            f"A list in {where} has {length:,} values, and may have {limit:,}."
            " Send them in several requests."
        )
