"""What people saw and opened, on the way to where it is counted. Nothing of it touches Postgres."""

from collections.abc import Sequence
from contextlib import suppress

import structlog

from apps.feed import activity
from apps.feed.activity import MAX_REPORTED
from pinboard.cache.once import AWAY
from pinboard.errors import Invalid, Problem, Reason

log = structlog.get_logger(__name__)


def report_activity(*, person_id: int, impressions: Sequence[int], opens: Sequence[int]) -> int:
    """Take note of pins that a person has seen in, and opened from, their feeds; of how many.

    What the ids stand for is found out later, and what is not for the person to see counts nowhere.
    `Invalid` for more than 100 of either. Without Valkey nothing is taken, which is no error.
    """
    _require_few(impressions=impressions, opens=opens)
    if not impressions and not opens:
        return 0
    try:
        activity.append(person_id, impressions, opens)
    except AWAY as error:
        log.warning("feed.activity_away", reason=type(error).__name__)
        return 0
    with suppress(*AWAY):
        activity.note_seen(person_id, list(dict.fromkeys((*impressions, *opens))))
    return len(impressions) + len(opens)


def _require_few(**lists: Sequence[int]) -> None:
    problems = [
        Problem((name,), f"Report at most {MAX_REPORTED} at a time.", Reason.TOO_LONG)
        for name, ids in lists.items()
        if len(ids) > MAX_REPORTED
    ]
    if problems:
        raise Invalid(problems)
