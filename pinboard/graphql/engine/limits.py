"""What a document may cost before anything is known of it: refused before validation spends time."""

import re
from collections import Counter
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

from pinboard.errors import BadInput, TooComplex

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
    # The parser counts too, at fifty times the cost for each.
    found = islice(_TOKEN.finditer(text), 2 * MAX_TOKENS)
    if sum(one[0][0] != "#" for one in found) > MAX_TOKENS:
        raise TooComplex(
            f"The document has more than {MAX_TOKENS:,} tokens. Ask in several requests."
        )


def limit_depth(document: DocumentNode, operation: OperationDefinitionNode) -> None:
    """Refuse what is nested too deep.

    A fragment's depth is worked out once; one that spreads itself counts as endless.
    """
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
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
        below: SelectionSetNode | None = getattr(node, "selection_set", None)
        if below is not None:
            waiting.extend(below.selections)
            _limit_selections(below)
    _at_most(MAX_FIELDS, fields, "fields")
    _at_most(MAX_ALIASES, aliases, "aliases")
    _at_most(MAX_DIRECTIVES, directives, "directives")


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


def refuse_nul_in_values(value: Any) -> None:
    """Refuse U+0000 in any text; a loop, for values may be nested as deep as JSON may be."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and "\x00" in one:
            raise BadInput("A text holds the character U+0000. Remove it.")
        if isinstance(one, (dict, list)):
            waiting.extend(one.values() if isinstance(one, dict) else one)
