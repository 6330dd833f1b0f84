"""Looking after timelines: whether they say what Postgres says, and mending those that do not."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog
from prometheus_client import Counter

from apps.feed import store, timelines
from pinboard.ids.layout import first_id_at

log = structlog.get_logger(__name__)

# What is younger may still be on its way.
SETTLED = timedelta(minutes=1)

AUDITED = Counter("pinboard_feed_audited", "Timelines that were compared with Postgres.")
MISSING = Counter("pinboard_feed_missing", "Entries that timelines should have had.")
EXTRA = Counter("pinboard_feed_extra", "Entries of timelines that no feed shows.")


class Audit(NamedTuple):
    """What was found. `timelines`: how many were there; `missing`, `extra`: entries of all of them."""

    timelines: int = 0
    missing: int = 0
    extra: int = 0


def audit_timelines(people: Iterable[int]) -> Audit:
    """Compare timelines with Postgres, and build anew those that differ. Five statements each at most,
    ten where one is mended. Those that nobody reads are dropped, and do not count."""
    found = Audit()
    for person_id in people:
        if timelines.is_out_of_use(person_id):
            store.drop(person_id)
            continue
        held = store.read(person_id)
        if held is not None:
            one = _compare(
                held, timelines.timeline_of(person_id), timelines.from_postgres(person_id)
            )
            if one.missing or one.extra:
                timelines.rebuild(person_id)
            found = Audit(*map(sum, zip(found, one, strict=True)))
    AUDITED.inc(found.timelines)
    MISSING.inc(found.missing)
    EXTRA.inc(found.extra)
    if found.missing:
        log.warning("feed.audit", **found._asdict())
    return found


def _compare(held: list[int], merged: list[int], truth: list[int]) -> Audit:
    """Differences among what is settled, and as far back as all go. `merged`: with what large authors have,
    which is nothing of this timeline's own if it is too much."""
    newest = first_id_at(datetime.now(UTC) - SETTLED)
    full = [one for one in (held, merged, truth) if store.is_full(one)]
    oldest = max((one[-1] for one in full), default=0)
    has, reads, should = (
        {pin for pin in one if oldest <= pin < newest} for one in (held, merged, truth)
    )
    return Audit(1, len(should - reads), len(has - should))
