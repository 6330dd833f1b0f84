"""A ranking: what of the candidates is in a feed, and in which order."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.arranging import Entries, diversified, entries
from apps.feed.ranking.facts import Facts, Ints
from apps.feed.ranking.reasons import strongest
from apps.feed.ranking.rules import Drop, Dropped, forbidden, kept, unwanted
from apps.feed.ranking.scoring import Model, features, score

# With fewer entries than this, what was seen lately comes back, behind all else: no feed is empty because
# its reader has been diligent.
ENOUGH = 50


class Ranking(NamedTuple):
    """`entries`: of rows of `facts`, in order, with copies. The rest is what led to it, a row for
    each row of `facts`: `offers` as in `reasons.strongest`, who was dropped, features and scores."""

    facts: Facts
    offers: NDArray[np.uint8]
    dropped: Dropped
    features: NDArray[np.float64]
    scores: NDArray[np.float64]
    entries: Entries


def rank(
    facts: Facts,
    offers: NDArray[np.uint8],
    seen: Ints,
    newest: int,
    model: Model,
) -> Ranking:
    """Rank candidates. `seen`: ids of pins, or of their lines, that were seen lately; `newest`: the id
    from which ages count."""
    reasons, without = strongest(model.reasons, facts, offers)
    table = features(facts, newest, reasons)
    scores = score(table, model.weights)
    dropped = {**forbidden(facts, without), **unwanted(facts, seen)}
    is_seen = dropped.pop(Drop.SEEN)
    keep = kept(facts, dropped)
    if np.count_nonzero(keep & ~is_seen) >= ENOUGH:
        dropped[Drop.SEEN] = is_seen
        keep &= ~is_seen
    order = np.lexsort((-facts.id, -scores, is_seen))
    return Ranking(facts, offers, dropped, table, scores, _arranged(facts, order[keep[order]]))


def _arranged(facts: Facts, order: Ints) -> Entries:
    found = entries(facts, order)
    best = found.best
    return found.in_order(diversified(facts.owner_id[best], facts.board_id[best]))
