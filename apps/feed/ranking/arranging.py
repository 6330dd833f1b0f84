"""The order of a page: copies of a picture are one entry, and no author stands three times in a row."""

from collections import deque
from collections.abc import Sequence
from itertools import chain

from apps.feed.ranking.facts import Facts, Ints

MAX_COPIES = 4

Entry = list[int]


def entries(facts: Facts, order: Ints) -> list[Entry]:
    """The candidates of `order` (rows of `facts`, the best first) with copies of a picture as one
    entry: the rows of the best, and of up to three more by other authors."""
    pictures = facts.picture_id[order].tolist()
    owners = facts.owner_id
    found: dict[int, Entry] = {}
    for picture, row in zip(pictures, order.tolist(), strict=True):
        entry = found.setdefault(picture, [])
        if not entry or (len(entry) < MAX_COPIES and owners[row] not in owners[entry]):
            entry.append(row)
    return list(found.values())


def diversified(authors: Sequence[int], boards: Sequence[int]) -> list[int]:
    """Places, the best first, in an order in which no author and no board stands three times in a row
    as long as there is anything else to put between.

    `authors`, `boards`: of each place. What is held back comes as soon as it may, so an order that
    is varied already stays as it is.
    """
    arranged: list[int] = []
    held: dict[int, deque[int]] = {}  # by author, whose places wait in order
    for place, author in enumerate(authors):
        if not held and not _repeats(place, arranged, authors, boards):
            arranged.append(place)
            continue
        held.setdefault(author, deque()).append(place)
        while (best := _first(held, arranged, authors, boards)) is not None:
            arranged.append(best)
            places = held[authors[best]]
            places.popleft()
            if not places:
                del held[authors[best]]
    return arranged + sorted(chain.from_iterable(held.values()))


def _first(
    held: dict[int, deque[int]], arranged: list[int], authors: Sequence[int], boards: Sequence[int]
) -> int | None:
    """The best of those held back that may come now."""
    heads = (places[0] for places in held.values())
    return min((one for one in heads if not _repeats(one, arranged, authors, boards)), default=None)


def _repeats(
    place: int, arranged: list[int], authors: Sequence[int], boards: Sequence[int]
) -> bool:
    """Whether it would be the third in a row of its author, or on its board."""
    if len(arranged) < 2:
        return False
    last, before = arranged[-1], arranged[-2]
    return (
        authors[place] == authors[last] == authors[before]
        or boards[place] == boards[last] == boards[before]
    )
