"""Activity on its way from Valkey's streams into Postgres, exactly once.

How far a stream was taken in stands in Postgres, and moves in the transaction that counts. What was
taken in is let go of afterwards, and skipped where that did not happen.
"""

import random
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from types import MappingProxyType
from typing import Any, NamedTuple

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now
from prometheus_client import Counter as Metric
from prometheus_client import Gauge

from apps.feed import activity
from apps.feed.activity import LATELY, MAX_SEEN, Report
from apps.feed.counting import IMPRESSIONS
from apps.feed.models import Intake, Seen
from apps.feed.services import closeness
from apps.pins.selectors import public_pins
from apps.users.selectors import blocked_pairs, hold_people
from pinboard.cache.once import AWAY
from pinboard.counters.counts import bump
from pinboard.sql import spelled

log = structlog.get_logger(__name__)

# Reports that a transaction takes in, and transactions of one stream in a run: a run is short, so that
# no backlog of reports keeps workers from all else.
BATCH = 200
_MAX_BATCHES = 5
# A node that does not even refuse takes seconds for each of its streams. After so long the next run goes on.
_PATIENCE_SECONDS = 5.0
_NEVER = datetime.min.replace(tzinfo=UTC)
_PRUNED_AT_ONCE = 5_000

TAKEN = Metric("pinboard_feed_activity_taken", "Reports of activity that were taken in.")
SKIPPED = Metric("pinboard_feed_activity_skipped", "Entries of activity that were no reports.")
LAG = Gauge(
    "pinboard_feed_activity_lag_seconds",
    "Age of the oldest report of activity, when it was taken in.",
    multiprocess_mode="mostrecent",
)

_KEEP_SEEN = """
INSERT INTO feed_seen (person_id, lines, updated_at)
SELECT person, lines::bigint[], updated_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS new(person, lines, updated_at)
ORDER BY person
ON CONFLICT (person_id) DO UPDATE SET lines = excluded.lines, updated_at = excluded.updated_at
"""


class Taken(NamedTuple):
    """What was taken in. `last_id`: up to where; empty if nothing was. `lines`: of people, lines
    that they have seen under the ids of other pins."""

    entries: int = 0
    last_id: str = ""
    oldest: datetime | None = None
    lines: Mapping[int, list[int]] = MappingProxyType({})


class Sight(NamedTuple):
    """A person saw a pin of somebody else's, of a line, at some time."""

    person_id: int
    owner_id: int
    pin_id: int
    line_id: int
    at: datetime
    is_open: bool

    @property
    def concerns(self) -> set[int]:
        """The people of whom something is written down."""
        return {self.person_id, self.owner_id} if self.is_open else {self.person_id}


@dataclass
class Memory:
    """The lines that a person has seen, newest last, and when they saw the last of them."""

    lines: OrderedDict[int, None] = field(default_factory=OrderedDict)
    updated_at: datetime = _NEVER

    def see(self, line_id: int, at: datetime) -> bool:
        """Note that a line was seen; whether it is news."""
        if at - self.updated_at > LATELY:
            self.lines.clear()
        self.updated_at = max(self.updated_at, at)
        is_new = line_id not in self.lines
        self.lines[line_id] = None
        self.lines.move_to_end(line_id)
        if len(self.lines) > MAX_SEEN:
            self.lines.popitem(last=False)
        return is_new


def take_in_all() -> int:
    """Take in what waits in all streams; how many entries. No statement where nothing waits.

    Streams of a node that is away keep those of others waiting for some seconds at most.
    """
    entries, oldest = 0, datetime.now(UTC)
    for taken in _everywhere():
        entries += taken.entries
        oldest = min(oldest, taken.oldest or oldest)
    LAG.set((datetime.now(UTC) - oldest).total_seconds() if entries else 0)
    return entries


def _everywhere() -> Iterator[Taken]:
    end = monotonic() + _PATIENCE_SECONDS
    # In another order each time: of what is not reached in one run something else is in the next.
    for partition in random.sample(range(activity.PARTITIONS), activity.PARTITIONS):
        try:
            yield from _batches(partition)
        except AWAY as error:
            log.warning("feed.activity_away", stream=partition, reason=type(error).__name__)
            if monotonic() > end:
                break


def _batches(partition: int) -> Iterator[Taken]:
    if not activity.is_waiting(partition):
        return
    for _ in range(_MAX_BATCHES):
        taken = take_in(partition)
        yield taken
        if taken.entries < BATCH:
            break


def take_in(partition: int) -> Taken:
    """Take in the oldest entries of a stream, and let go of them."""
    taken = count_oldest(partition)
    with suppress(*AWAY):
        if taken.last_id:
            activity.trim(partition, taken.last_id)
        for person_id, lines in taken.lines.items():
            activity.note_seen(person_id, lines)
    return taken


@transaction.atomic
def count_oldest(partition: int) -> Taken:
    """Count what the oldest entries of a stream report. Nothing where another worker is at it.

    Nine statements at most, whatever the number of entries; three more the first time.
    """
    intake = _held(partition)
    if intake is None:
        return Taken()
    batch = activity.read(partition, intake.last_id, BATCH)
    if not batch.last_id:
        return Taken(last_id=intake.last_id)
    lines = _count(batch.reports)
    intake.last_id = batch.last_id
    intake.save(update_fields=["last_id"])
    transaction.on_commit(lambda: _measure(batch), robust=True)
    oldest = min((report.at for report in batch.reports), default=None)
    return Taken(batch.entries, batch.last_id, oldest, lines)


def _held(partition: int) -> Intake | None:
    mine = Intake.objects.select_for_update(skip_locked=True).filter(pk=partition)
    intake = mine.first()
    if intake is None:
        Intake.objects.bulk_create([Intake(partition=partition)], ignore_conflicts=True)
        intake = mine.first()
    return intake


def _measure(batch: activity.Batch) -> None:
    TAKEN.inc(len(batch.reports))
    SKIPPED.inc(batch.skipped)
    if batch.skipped:
        log.warning("feed.activity_skipped", entries=batch.skipped)


def _count(reports: Sequence[Report]) -> dict[int, list[int]]:
    """Count reports; the lines that people have seen under other ids than they reported."""
    sights = _sights(reports)
    memories = _memories({sight.person_id for sight in sights})
    impressions, opens = Counter[int](), Counter[closeness.Pair]()
    unnamed = defaultdict[int, dict[int, None]](dict)
    for sight in sights:
        if memories[sight.person_id].see(sight.line_id, sight.at):
            impressions[sight.line_id] += 1
        if sight.is_open:
            opens[sight.person_id, sight.owner_id] += 1
        if sight.line_id != sight.pin_id:
            unnamed[sight.person_id][sight.line_id] = None
    _keep(memories)
    bump(IMPRESSIONS, impressions)
    closeness.add({}, opens)
    return {person_id: list(lines) for person_id, lines in unnamed.items()}


def _sights(reports: Sequence[Report]) -> list[Sight]:
    """Who saw what, in order, of what is there for them to see and not their own. Three statements.

    Of pins of others a person sees those that everybody sees, but for people of whom one has
    blocked the other.
    """
    ids = {id for report in reports for id in (*report.impressions, *report.opens)}
    pins = {id: (owner_id, id, line_id) for id, owner_id, line_id in public_pins(sorted(ids))}
    sights = [
        Sight(report.person_id, *pins[id], report.at, is_open)
        for report in reports
        for id, is_open in _reported(report)
        if id in pins
    ]
    pairs = {(sight.person_id, sight.owner_id) for sight in sights}
    pairs = {(one, other) for one, other in pairs if one != other}
    pairs -= blocked_pairs(pairs)
    sights = [sight for sight in sights if (sight.person_id, sight.owner_id) in pairs]
    people = hold_people({person_id for sight in sights for person_id in sight.concerns})
    return [sight for sight in sights if people.issuperset(sight.concerns)]


def _reported(report: Report) -> list[tuple[int, bool]]:
    """What a report names, each pin once of each sort, and whether it was opened."""
    seen = [(id, False) for id in dict.fromkeys(report.impressions)]
    return [*seen, *((id, True) for id in dict.fromkeys(report.opens))]


def _memories(people: set[int]) -> dict[int, Memory]:
    found = Seen.objects.filter(pk__any=spelled(people)).values_list("pk", "lines", "updated_at")
    memories = {pk: Memory(OrderedDict.fromkeys(lines), at) for pk, lines, at in found}
    return {person: memories.get(person) or Memory() for person in people}


def _keep(memories: dict[int, Memory]) -> None:
    columns: list[list[Any]] = [
        list(memories),
        [spelled(one.lines) for one in memories.values()],
        [one.updated_at for one in memories.values()],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_SEEN, columns)


def prune_seen() -> int:
    """Delete what people have seen who have seen nothing for three days; of how many."""
    old = Seen.objects.filter(updated_at__lt=Now() - LATELY)
    count = 0
    while ids := list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
        count += old.filter(pk__in=ids).delete()[0]
    return count
