"""What a person has seen lately, so that their home feed shows something else."""

from datetime import UTC, datetime, timedelta

import numpy as np
import structlog
from numpy.typing import NDArray

from apps.feed import activity
from apps.feed.activity import LATELY
from apps.feed.models import Seen
from pinboard.cache.once import AWAY

log = structlog.get_logger(__name__)


def seen_lately(person_id: int) -> NDArray[np.int64]:
    """Ids of pins and of lines: a pin has been seen lately if its own id or that of its line (the first
    pin of its line of saves) is among them. In no order, some of them twice.

    Lately: the pins that the client reported, impressions and opens, up to the moment; and the lines of
    the newest 1,000 of them that a worker has taken in. Who has reported nothing for three days has
    seen nothing. One call of Valkey and no statement; one statement, and two more calls, where Valkey
    does not know; without Valkey one statement, and what was not taken in yet is missing.
    """
    try:
        ids, is_complete = activity.read_seen(person_id)
        if is_complete:
            return ids
    except AWAY as error:
        log.warning("feed.seen_away", reason=type(error).__name__)
        return np.array(_from_postgres(person_id)[0], np.int64)
    lines, kept_for = _from_postgres(person_id)
    known = set(ids.tolist())
    lines = [line for line in lines if line not in known]
    try:
        activity.complete_seen(person_id, lines, kept_for)
    except AWAY as error:
        log.warning("feed.seen_away", reason=type(error).__name__)
    return np.concatenate([np.array(lines, np.int64), ids])


def _from_postgres(person_id: int) -> tuple[list[int], timedelta]:
    """The lines that were taken in, the newest last, and for how long they count."""
    found = Seen.objects.filter(pk=person_id).values_list("lines", "updated_at").first()
    if found is None:
        return [], LATELY
    lines, updated_at = found
    kept_for = updated_at + LATELY - datetime.now(UTC)
    return (lines, kept_for) if kept_for > timedelta() else ([], LATELY)
