"""How much a viewer may want each candidate."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.feed.ranking.facts import Bools, Facts, Flag
from apps.feed.ranking.reasons import Reason
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


# What the features count that pins have whatever leads to them, if not said otherwise, in points of score.
WEIGHTS = {"freshness": 3.0, "closeness": 2.0, "quality": 1.0, "fewer": -3.0}


class Model(NamedTuple):
    """What a ranking goes by: the reasons, the strongest first, and by name what each feature counts, in
    points of score."""

    reasons: Sequence[Reason]
    weights: Mapping[str, float]

    @classmethod
    def of(cls, reasons: Sequence[Reason], changes: Mapping[str, float]) -> "Model":
        """With the default weights but for some; `ValueError` for a name that is no feature."""
        weights = WEIGHTS | {reason.name: reason.weight for reason in reasons}
        if unknown := changes.keys() - weights.keys():
            raise ValueError(f"there is no feature {min(unknown)}")
        return cls(reasons, weights | dict(changes))


def features(facts: Facts, newest: int, reasons: Sequence[Bools]) -> NDArray[np.float64]:
    """One row for each candidate, one column for each weight. `reasons`: as `strongest` gives them.

    freshness  halves with each day between the pin and `newest`, the id from which ages count: 0 to 1
    closeness  of viewer and author, by saves and opens: 0 to 1
    quality    saves for each impression of the line, as a logarithm against the prior: -1 to 1
    fewer      1 where the viewer wants fewer of it
    and the name of each reason: 1 where it is the strongest
    """
    hours = ((newest >> _MILLISECONDS) - (facts.id >> _MILLISECONDS)) / _HOUR
    opens = facts.author_saves * SAVE_IN_OPENS + facts.author_opens
    rate = (facts.saves + PRIOR_SAVES) / (facts.impressions + PRIOR_IMPRESSIONS)
    times = np.log(rate * (PRIOR_IMPRESSIONS / PRIOR_SAVES))
    columns = (
        np.exp2(-np.maximum(hours, 0.0) / FRESH_FOR_HOURS),
        opens / (opens + HALF_CLOSE_OPENS),
        np.minimum(np.maximum(times / _MOST_TIMES, -1.0), 1.0),
        facts.has(Flag.FEWER),
        *reasons,
    )
    return np.array(columns, np.float64).T


def score(features: NDArray[np.float64], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The score of each row of `features`."""
    scores: NDArray[np.float64] = features @ np.array(list(weights.values()))
    return scores
