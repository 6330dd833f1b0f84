"""What is found out of a document as a whole, before its selections are planned."""

from sys import getsizeof
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
    Token,
    VariableNode,
    Visitor,
    visit,
)

MAX_OUTLINE = 1_000
MAX_OUTLINE_DEPTH = 12
# What a document takes that is kept, at most: tests/endpoint/test_plans.py measures it.
DOCUMENT_BYTES = 5_000
TOKEN_BYTES = 800


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Its fragments by their names."""
    return {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }


def weight(document: DocumentNode) -> int:
    """The bytes that a document takes at most. What it quotes is there twice."""
    assert document.loc is not None
    token: Token | None = document.loc.start_token
    tokens = 0
    while token is not None:
        tokens, token = tokens + 1, token.next
    text = document.loc.source.body
    return DOCUMENT_BYTES + 2 * getsizeof(text) + TOKEN_BYTES * tokens


def condition_names(document: DocumentNode) -> tuple[str, ...]:
    """The variables that `@skip` and `@include` wait for."""
    names: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> None:
            for argument in node.arguments:
                if isinstance(argument.value, VariableNode):
                    names.add(argument.value.name.value)

    visit(document, Conditions())
    return tuple(sorted(names))


def outline(selections: SelectionSetNode) -> str:
    """The fields that lead to objects, each with what is below it in braces."""
    return _outline(selections, MAX_OUTLINE_DEPTH)[:MAX_OUTLINE]


def _outline(selections: SelectionSetNode, depth: int) -> str:
    parts = []
    for one in selections.selections:
        name = one.name.value if isinstance(one, (FieldNode, FragmentSpreadNode)) else "..."
        below: SelectionSetNode | None = getattr(one, "selection_set", None)
        inner = _outline(below, depth - 1) if below is not None and depth else ""
        if inner:
            parts.append(f"{name} {{{inner}}}")
        elif below is not None or isinstance(one, FragmentSpreadNode):
            parts.append(name)
    return " ".join(parts)


def uses_variables(node: FieldNode) -> bool:
    """Whether the arguments of a field have variables among them."""
    found = False

    class Variables(Visitor):
        def enter_variable(self, *_: Any) -> None:
            nonlocal found
            found = True

    for argument in node.arguments:
        visit(argument, Variables())
    return found
