"""The order of a page: copies of a picture are one entry, and no author stands three times in a row."""

from collections import deque
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from apps.feed.ranking.facts import Bools, Facts, Ints

MAX_COPIES = 4

Entry = list[int]


class Entries(NamedTuple):
    """Rows of facts, entry after entry. `is_copy`: which of them are copies of one before."""

    rows: Ints
    is_copy: Bools

    @property
    def best(self) -> Ints:
        """The first row of each entry."""
        return self.rows[~self.is_copy]

    def in_order(self, numbers: Sequence[int]) -> "Entries":
        """The same entries, in the order of these numbers, which are all."""
        turn = np.argsort(np.array(numbers, np.intp))
        order = np.argsort(turn[np.cumsum(~self.is_copy) - 1], kind="stable")
        return Entries(self.rows[order], self.is_copy[order])

    def each(self) -> list[Entry]:
        """The rows of each entry, the best first."""
        begins = np.flatnonzero(~self.is_copy)
        return [one.tolist() for one in np.split(self.rows, begins)[1:]]


def entries(facts: Facts, order: Ints) -> Entries:
    """The candidates of `order` (rows of `facts`, the best first) with copies of a picture as one
    entry: the row of the best, and of up to three more by other authors."""
    pictures = facts.picture_id[order]
    _, first, which = np.unique(pictures, return_index=True, return_inverse=True)
    leader = first[which]  # by place, that of the best with the same picture
    stays = leader == np.arange(len(order))
    stays[_by_others(facts.owner_id[order], leader, np.flatnonzero(~stays))] = True
    places = np.flatnonzero(stays)
    places = places[np.argsort(leader[places], kind="stable")]
    return Entries(order[places], leader[places] != places)


def _by_others(owners: Ints, leader: Ints, copies: Ints) -> list[int]:
    """The copies that stay: each by somebody else, and not too many of one picture."""
    stay: list[int] = []
    known: dict[int, list[int]] = {}
    for place in copies.tolist():
        best = int(leader[place])
        authors = known.setdefault(best, [int(owners[best])])
        owner = int(owners[place])
        if len(authors) < MAX_COPIES and owner not in authors:
            authors.append(owner)
            stay.append(place)
    return stay


def diversified(authors: Ints, boards: Ints) -> list[int]:
    """Places, the best first, in an order in which no author and no board stands three times in a row
    as long as there is anything else to put between.

    `authors`, `boards`: of each place. What is held back comes as soon as it may, so an order that
    is varied already stays as it is.
    """
    varied = list(range(_varied(authors, boards)))
    if len(varied) == len(authors):
        return varied
    return _put_between(varied, authors.tolist(), boards.tolist())


def _put_between(arranged: list[int], authors: Sequence[int], boards: Sequence[int]) -> list[int]:
    """The places that are `arranged`, and then the others."""
    held: dict[int, deque[int]] = {}  # by author, whose places wait in order; no first one may come
    for place in range(len(arranged), len(authors)):
        author = authors[place]
        if author in held or _repeats(place, arranged, authors, boards):
            held.setdefault(author, deque()).append(place)
            continue
        arranged.append(place)
        while held and (best := _first(held, arranged, authors, boards)) is not None:
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
    last, before = arranged[-1], arranged[-2]
    full_author = authors[last] if authors[last] == authors[before] else None
    full_board = boards[last] if boards[last] == boards[before] else None
    heads = [places[0] for author, places in held.items() if author != full_author]
    return min([place for place in heads if boards[place] != full_board], default=None)


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


def _varied(authors: Ints, boards: Ints) -> int:
    """How many places from the first on may stay as they are."""
    thrice = np.flatnonzero(_are_thrice(authors) | _are_thrice(boards))
    return int(thrice[0]) + 2 if len(thrice) else len(authors)


def _are_thrice(values: Ints) -> Bools:
    """Which values, from the third on, are the same as the two before."""
    same: Bools = (values[2:] == values[1:-1]) & (values[1:-1] == values[:-2])
    return same
