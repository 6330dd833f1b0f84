"""How much a viewer may want each candidate."""

from dataclasses import astuple, dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.facts import Facts, Flag
from pinboard.ids.layout import COUNTER_BITS, KIND_BITS, SHARD_BITS

_MILLISECONDS = COUNTER_BITS + SHARD_BITS + KIND_BITS
_HOUR = 3_600_000

FRESH_FOR_HOURS = 24.0
# A line of which nothing is known is taken for one with so many saves of so many impressions.
PRIOR_SAVES, PRIOR_IMPRESSIONS = 2.0, 100.0
# Four times as good as a line of which nothing is known is as good as it gets, and as bad likewise.
_MOST_TIMES = np.log(4.0)
# A save tells as much as so many opens; with so many opens half of all closeness is reached.
SAVE_IN_OPENS, HALF_CLOSE_OPENS = 5.0, 10.0


@dataclass(frozen=True)
class Weights:
    """What each feature counts, in points of score. The columns of `features`, in order."""

    freshness: float = 3.0
    closeness: float = 2.0
    quality: float = 1.0
    board: float = 1.0
    person: float = 0.8
    topic: float = 0.4
    popular: float = 0.0
    fewer: float = -3.0


NAMES = tuple(Weights.__dataclass_fields__)


def features(facts: Facts, newest: int) -> NDArray[np.float64]:
    """One row for each candidate, one column for each weight.

    freshness  halves with each day between the pin and `newest`, the id from which ages count: 0 to 1
    closeness  of viewer and author, by saves and opens: 0 to 1
    quality    saves for each impression of the line, as a logarithm against the prior: -1 to 1
    board, person, topic, popular   1 for the best reason why it is there
    fewer      1 where the viewer wants fewer of it
    """
    hours = ((newest >> _MILLISECONDS) - (facts.id >> _MILLISECONDS)) / _HOUR
    opens = facts.author_saves * SAVE_IN_OPENS + facts.author_opens
    rate = (facts.saves + PRIOR_SAVES) / (facts.impressions + PRIOR_IMPRESSIONS)
    times = np.log(rate * (PRIOR_IMPRESSIONS / PRIOR_SAVES))
    is_board, is_followed = facts.has(Flag.BOARD_FOLLOWED), facts.has(Flag.FOLLOWED)
    has_topic = facts.topic_id != 0
    columns = (
        np.exp2(-np.maximum(hours, 0.0) / FRESH_FOR_HOURS),
        opens / (opens + HALF_CLOSE_OPENS),
        np.minimum(np.maximum(times / _MOST_TIMES, -1.0), 1.0),
        is_board,
        is_followed & ~is_board,
        has_topic & ~is_followed,
        ~(is_followed | has_topic),
        facts.has(Flag.FEWER),
    )
    return np.array(columns, np.float64).T


def score(features: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """The score of each row of `features`."""
    scores: NDArray[np.float64] = features @ _vector(weights)
    return scores


@lru_cache(maxsize=8)
def _vector(weights: Weights) -> NDArray[np.float64]:
    return np.array(astuple(weights))
