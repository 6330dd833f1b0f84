"""Delivery: a handler, and the mark that it is done, in one transaction."""

import random
import traceback
from datetime import timedelta
from typing import Any

import orjson
import structlog
from django.db import transaction
from django.db.models.functions import Now

from pinboard.events.models import Delivery
from pinboard.events.registry import decode, subscription
from pinboard.postgres.base import postgres
from pinboard.postgres.statements import Rows, Statement
from pinboard.sql import array, rows, spelled

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=5)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=1)
MAX_ATTEMPTS = 12

# That it was started shows that the queue moves, so leases are short again. Nobody else takes it while it
# runs, since its row is locked; a killed worker's lock goes with its connection. What has been started as
# often as may be was killed the last time.
_START = """
WITH free AS MATERIALIZED (
    SELECT id FROM events_delivery WHERE id = ANY(%(ids)s) AND dead_at IS NULL
    ORDER BY id FOR UPDATE SKIP LOCKED
)
UPDATE events_delivery AS delivery SET
    attempts = least(attempts + 1, %(most)s),
    sends = 0,
    due_at = statement_timestamp()
        + least(%(first)s * power(2, least(attempts, 20)), %(longest)s) * (1 + random() / 4),
    dead_at = CASE WHEN attempts >= %(most)s THEN statement_timestamp() END,
    last_error = CASE WHEN attempts >= %(most)s THEN 'its worker was killed' ELSE last_error END
WHERE id = ANY(ARRAY(SELECT id FROM free))
RETURNING delivery.id, delivery.subscriber, delivery.dead_at IS NOT NULL
"""
_LIMITS = {"most": MAX_ATTEMPTS, "first": FIRST_RETRY, "longest": LONGEST_DELAY}

# A row that its own transaction has deleted is locked for all others, and there again if that fails.
# OFFSET has each event looked up by its id, as ARRAY has the rows: these tables change faster than their
# statistics, and a planner that trusts those reads all of them.
_TAKE = """
WITH free AS MATERIALIZED (
    SELECT id FROM events_delivery WHERE id = ANY(%s) AND dead_at IS NULL FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM events_delivery WHERE id = ANY(ARRAY(SELECT id FROM free))
    RETURNING id, subscriber, event_id
)
SELECT taken.subscriber, event.id, event.name, event.request_id, event.payload::text
FROM taken, LATERAL (SELECT * FROM events_event WHERE id = taken.event_id OFFSET 0) AS event
ORDER BY taken.id
"""


def deliver(*delivery_ids: int, is_first: bool = False) -> bool:
    """Run the handler of one delivery, or of several that are one handler's; whether it was this call
    that got any of it done.

    `is_first`: they were not sent before. Who dies in a first attempt leaves it to the lease. Of later
    ones the next is scheduled before the handler starts, so a worker that dies is no different from a
    handler that fails. A delivery that another worker holds, or that is done, is left alone: to be sent
    too often costs a look, to be sent too late costs whoever waits.

    Where several fail together, each is tried by itself.
    """
    started = list(delivery_ids) if is_first else _start(list(delivery_ids))
    try:
        return bool(started) and _run(started)
    except Exception as error:
        if len(started) == 1:
            _fail(started[0], error, is_counted=not is_first)
            return False
        log.warning("events.failed_together", deliveries=len(started), failure=_place(error))
    return sum(deliver(one) for one in started) > 0


def _start(ids: list[int]) -> list[int]:
    """Count the attempt and schedule the next; which of them are there to be done."""
    found = rows(_START, {**_LIMITS, "ids": spelled(ids)})
    for delivery_id, subscriber, is_dead in found:
        if is_dead:
            log.error("events.dead_letter", delivery=delivery_id, subscriber=subscriber)
    return [delivery_id for delivery_id, _, is_dead in found if not is_dead]


@transaction.atomic
def _run(ids: list[int]) -> bool:
    (found,) = postgres().fetch([Statement(_TAKE, [array(ids)])])
    if found:
        _handle(found)
    return bool(found)


def _handle(found: Rows) -> None:
    subscriber, event_id, name, request_id, _ = found[0]
    wanted = subscription(subscriber)
    if wanted is None:
        raise LookupError(subscriber)
    with structlog.contextvars.bound_contextvars(
        request_id=request_id, event=name, event_id=event_id
    ):
        payloads = ",".join([row[-1] for row in found])
        wanted.handle(decode(wanted.event, orjson.loads(f"[{payloads}]")))


def _fail(delivery_id: int, error: Exception, *, is_counted: bool) -> None:
    place = _place(error)
    log.error("events.delivery_failed", delivery=delivery_id, failure=place)
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(pk=delivery_id, dead_at=None)
            .first()
        )
        if delivery is None:
            return
        attempts = delivery.attempts + (not is_counted)
        changes: dict[str, Any] = {"attempts": attempts, "last_error": place[:300]}
        if attempts >= MAX_ATTEMPTS:
            changes["dead_at"] = Now()
            log.error("events.dead_letter", delivery=delivery.pk, subscriber=delivery.subscriber)
        else:
            changes["due_at"] = Now() + _delay(attempts)
        Delivery.objects.filter(pk=delivery_id).update(**changes)


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    file = "/".join(frame.filename.split("/")[-3:])
    return f"{type(error).__name__} at {file}:{frame.lineno}"


def _delay(attempt: int) -> timedelta:
    """From this attempt's failure to the next: doubling, and spread a little."""
    delay = min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_DELAY)
    spread: timedelta = delay * random.uniform(1, 1.25)  # noqa: S311 - spreads retries, guards nothing
    return spread
