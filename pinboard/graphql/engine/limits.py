"""What a document may cost before anything is known of it: refused before validation spends time."""

import re
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

MAX_TOKENS = 5_000
MAX_DEPTH = 20
MAX_VALIDATION_ERRORS = 20

# Postgres can't hold U+0000, so no text of ours has it, however it is spelled.
_NUL_ESCAPE = re.compile(r"\\u(?:0000|\{0+\})")


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
