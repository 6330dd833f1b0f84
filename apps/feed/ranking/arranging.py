"""The order of a page: copies of a picture are one entry, and no author stands three times in a row."""

from collections import deque
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.facts import Facts

MAX_COPIES = 4
_IN_A_ROW = 2

Entry = list[int]


def entries(facts: Facts, order: NDArray[np.int64]) -> list[Entry]:
    """The candidates of `order` (rows of `facts`, the best first) with copies of a picture as one
    entry: the rows of the best, and of up to three more by other authors."""
    pictures = facts["picture_id"][order].tolist()
    owners = facts["owner_id"]
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
    waiting: dict[int, deque[int]] = {}
    for place, author in enumerate(authors):
        waiting.setdefault(author, deque()).append(place)
    # The next of each author; the best of these is on top.
    heads = [places.popleft() for places in waiting.values()]
    heapify(heads)
    arranged: list[int] = []
    while heads:
        place = _next(heads, arranged, authors, boards)
        arranged.append(place)
        if rest := waiting[authors[place]]:
            heappush(heads, rest.popleft())
    return arranged


def _next(
    heads: list[int], arranged: list[int], authors: Sequence[int], boards: Sequence[int]
) -> int:
    """Take the best of `heads` that may come now, or else the best."""
    last = arranged[-_IN_A_ROW:]
    held: list[int] = []
    while heads:
        place = heappop(heads)
        if not (_repeats(place, last, authors) or _repeats(place, last, boards)):
            break
        held.append(place)
    else:
        place = held.pop(0)
    for one in held:
        heappush(heads, one)
    return place


def _repeats(place: int, last: list[int], values: Sequence[int]) -> bool:
    return len(last) == _IN_A_ROW and all(values[one] == values[place] for one in last)
