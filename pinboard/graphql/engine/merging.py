"""Fields that share a place in the answer. Whether they can be merged is validated pair by pair, so that some
hundred copies of one field, in fragments side by side, would take seconds.

Specification: https://spec.graphql.org/October2021/#sec-Field-Selection-Merging
"""

from collections import defaultdict
from collections.abc import Iterable

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from pinboard.errors import TooComplex
from pinboard.graphql.engine.limits import limit_positions
from pinboard.graphql.engine.reading import fragments_of

# They take 4 to 40 µs each. Compilers write a field once in a place; where fragments are sent as they are,
# fifty of them that ask for the same three fields are 3,675.
MAX_PAIRS = 5_000

Fragments = dict[str, FragmentDefinitionNode]


def limit_merging(document: DocumentNode) -> None:
    """Refuse too many pairs. Fragments that spread themselves end at the limit of positions."""
    fragments = fragments_of(document)
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    places = [[one.selection_set] for one in operations]
    # Fragments that no operation spreads are validated too, by themselves.
    unused = set(fragments)
    found = pairs = 0
    while places or unused:
        selections = places.pop() if places else [fragments[unused.pop()].selection_set]
        fields, spread = _merged(selections, fragments)
        unused -= spread
        limit_positions(found := found + len(fields))
        for same in fields.values():
            pairs += len(same) * (len(same) - 1) // 2
            below = [one.selection_set for one in same if one.selection_set is not None]
            if below:
                places.append(below)
        if pairs > MAX_PAIRS:
            raise TooComplex(
                "The document has too many fields that are repeated in one place of the answer."
                " Ask for each once."
            )


def _merged(
    selections: Iterable[SelectionSetNode], fragments: Fragments
) -> tuple[dict[str, list[FieldNode]], set[str]]:
    """The fields at one place of the answer by their names there, and the fragments that were spread for them."""
    fields: dict[str, list[FieldNode]] = defaultdict(list)
    spread: set[str] = set()
    waiting = list(selections)
    while waiting:
        for one in waiting.pop().selections:
            if isinstance(one, FieldNode):
                fields[(one.alias or one.name).value].append(one)
            elif isinstance(one, InlineFragmentNode):
                waiting.append(one.selection_set)
            elif isinstance(one, FragmentSpreadNode):
                name = one.name.value
                if name in fragments and name not in spread:
                    spread.add(name)
                    waiting.append(fragments[name].selection_set)
    return fields, spread
