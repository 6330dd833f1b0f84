"""What a change of the schema means for clients that were written against the one before.

Breaking: an operation that worked fails. Dangerous: it works and may be answered otherwise than its
client expects, such as a new enum value. Safe: everything else. What was deprecated in the old
schema may go: its removal was announced.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    REMOVE,
    BreakingChangeType,
    DocumentNode,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    Visitor,
    build_ast_schema,
    find_breaking_changes,
    find_dangerous_changes,
    parse,
    visit,
)

# New enum values, arguments and input fields are not among them: they are dangerous, or breaking.
_REMOVALS = {BreakingChangeType.TYPE_REMOVED, BreakingChangeType.FIELD_REMOVED}


@dataclass(frozen=True)
class Changes:
    """Sentences, by what they mean. `announced`: breaking, of what was deprecated before."""

    breaking: list[str]
    announced: list[str]
    dangerous: list[str]
    safe: list[str]


def compare(before: str, after: str) -> Changes:
    """From one schema to another, both in the schema definition language."""
    document = parse(before)
    old, new = build_ast_schema(document), build_ast_schema(parse(after))
    breaking = [change.description for change in find_breaking_changes(old, new)]
    left = {change.description for change in find_breaking_changes(_promised(document), new)}
    return Changes(
        breaking=[one for one in breaking if one in left],
        announced=[one for one in breaking if one not in left],
        dangerous=[change.description for change in find_dangerous_changes(old, new)],
        safe=list(_additions(old, new)),
    )


def _additions(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    """What is new, told by what would be missed on the way back."""
    for change in find_breaking_changes(new, old):
        owner = new.type_map.get(change.description.partition(".")[0])
        if change.type in _REMOVALS and not isinstance(owner, GraphQLInputObjectType):
            yield change.description.replace(" was removed", " was added")


def _promised(document: DocumentNode) -> GraphQLSchema:
    """The old schema without what it had deprecated, and without types that only that led to."""
    kept = build_ast_schema(visit(document, _WithoutDeprecated()), assume_valid=True)
    objects = [one for one in kept.type_map.values() if isinstance(one, GraphQLObjectType)]
    return GraphQLSchema(
        query=kept.query_type,
        mutation=kept.mutation_type,
        subscription=kept.subscription_type,
        types=[one for one in objects if one.interfaces],
        directives=kept.directives,
        assume_valid=True,
    )


class _WithoutDeprecated(Visitor):
    """Drops fields, arguments, input fields and enum values that are deprecated."""

    def enter(self, node: Node, *_: Any) -> Any:
        directives = getattr(node, "directives", None) or ()
        if any(one.name.value == "deprecated" for one in directives):
            return REMOVE
        return None
