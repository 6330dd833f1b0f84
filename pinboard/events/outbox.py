"""Publishing, the relay and delivery.

An event is written in the transaction of its cause, with a delivery row for each subscriber. After
the commit the relay is kicked; a periodic sweep runs the same relay and is what guarantees delivery.
The relay leases due rows and puts one task for each on its queue. The task runs the handler and
deletes the row in one transaction. Whatever is lost on the way (a kick, a message, a worker) is a
lease that runs out. Each lease is twice as long as the one before, so a backlog grows by the
logarithm of its age and not with every sweep.
"""

import random
import time
import traceback
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from pinboard.audit.models import record
from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.errors import NotFound
from pinboard.events.models import Delivery, Event
from pinboard.events.registry import (
    decode,
    encode,
    event_name,
    reactions,
    subscription,
    subscriptions,
)
from pinboard.sql import rows

log = structlog.get_logger(__name__)

RELAY_BATCH = 200
LEASE = timedelta(seconds=10)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(hours=1)
MAX_ATTEMPTS = 12
# A kick that fails costs a connection attempt; the sweep does without it in the meantime.
KICK_PAUSE_SECONDS = 30.0
# For so long a kick stands for those that follow it, as long as a sweep is away.
ASKED_SECONDS = 5

_INSERT = """
WITH event AS (
    INSERT INTO events_event (name, payload, request_id)
    SELECT %s, payload, %s FROM unnest(%s::jsonb[]) AS payload RETURNING id
)
INSERT INTO events_delivery (event_id, subscriber, queue)
SELECT event.id, wanted.subscriber, wanted.queue
FROM event, unnest(%s::text[], %s::text[]) AS wanted(subscriber, queue)
"""

_LEASE = """
WITH due AS MATERIALIZED (
    SELECT id FROM events_delivery WHERE dead_at IS NULL AND due_at <= statement_timestamp()
    ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE events_delivery AS delivery SET
    sends = least(sends + 1, 32000),
    due_at = statement_timestamp() + least(%s * power(2, least(sends, 20)), %s)
FROM due WHERE delivery.id = due.id
RETURNING delivery.id, delivery.queue
"""


def publish(*events: Any) -> None:
    """Tell subscribers that `events`, all of one type, happened, if and when the current transaction
    commits.

    One statement, and those of its reactions. Raises when no transaction is open: an event without
    its cause, or a cause without its event, is what the outbox exists to prevent.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "publish() needs the transaction that makes the event true"
        )
    (kind,) = {type(event) for event in events}
    name = event_name(kind)
    wanted = subscriptions(name)
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    payloads = [connection.ops.adapt_json_value(encode(event), None) for event in events]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                name,
                str(request_id)[:64],
                payloads,
                [s.name for s in wanted],
                [s.queue for s in wanted],
            ],
        )
    for reaction in reactions(name):
        for event in events:
            reaction(event)
    if wanted and not any(entry[1] is kick for entry in connection.run_on_commit):
        transaction.on_commit(kick, robust=True)


class _Pause:
    """Until when kicks are left to the sweep; 0 while the broker answers."""

    until = 0.0


def kick() -> None:
    """Ask a worker to run the relay now. A broker that is away is no error, and hardly a delay."""
    now = time.monotonic()
    if now < _Pause.until:
        return
    if _Pause.until:
        # The pause is over: this thread finds out, the others need not wait with it.
        _Pause.until = now + KICK_PAUSE_SECONDS
    try:
        if _is_first_to_ask():
            current_app.send_task("pinboard.events.tasks.relay")
        _Pause.until = 0.0
    except (BrokerAway, RedisError, OSError) as error:
        _Pause.until = now + KICK_PAUSE_SECONDS
        log.warning("events.kick_failed", reason=type(error).__name__)


def _is_first_to_ask() -> bool:
    """Whether nobody has asked since a relay began last. Without workers a relay is asked for once in a
    while, and not for each commit."""
    try:
        return bool(cache.add(keys.relay_asked(), 1, timeout=ASKED_SECONDS))
    except AWAY:
        return True


def relay() -> int:
    """Lease all due deliveries and send a task for each; how many there were."""
    with suppress(*AWAY):
        # Before the first look: who does not ask from now on will be seen.
        cache.delete(keys.relay_asked())
    sent = 0
    while True:
        leased = _lease()
        for delivery_id, queue in leased:
            current_app.send_task("pinboard.events.tasks.deliver", args=[delivery_id], queue=queue)
        sent += len(leased)
        if len(leased) < RELAY_BATCH:
            return sent


def deliver_due() -> int:
    """Deliver a batch of what is due in this process, as a worker would; how many there were."""
    leased = _lease()
    for delivery_id, _queue in leased:
        deliver(delivery_id)
    return len(leased)


@transaction.atomic
def _lease() -> list[Any]:
    """A batch of due deliveries as (id, queue), which nobody else gets until the lease is over."""
    return rows(_LEASE, [RELAY_BATCH, LEASE, LONGEST_DELAY])


def deliver(delivery_id: int) -> bool:
    """Run one delivery's handler; whether it was this call that got it done.

    The next attempt is scheduled before the handler starts, so a worker that dies is no different
    from a handler that fails. A delivery that another worker holds, or that is done, is left alone:
    to be sent too often costs a look, to be sent too late costs whoever waits.
    """
    if not _start(delivery_id):
        return False
    try:
        with transaction.atomic():
            delivery = _lock(delivery_id)
            if delivery is None:
                return False
            _handle(delivery)
            delivery.delete()
    except Exception as error:
        _fail(delivery_id, error)
        return False
    return True


def _lock(delivery_id: int) -> Delivery | None:
    return (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("event")
        .filter(pk=delivery_id, dead_at=None)
        .first()
    )


def _start(delivery_id: int) -> bool:
    with transaction.atomic():
        delivery = _lock(delivery_id)
        if delivery is None:
            return False
        if delivery.attempts >= MAX_ATTEMPTS:
            # The last attempt ended without a word.
            delivery.last_error = "its worker was killed"
            _bury(delivery)
            return False
        attempt = delivery.attempts + 1
        # That it was started shows that the queue moves, so leases are short again. Nobody else takes
        # it while it runs, since its row is locked; a killed worker's lock goes with its connection.
        Delivery.objects.filter(pk=delivery_id).update(
            attempts=attempt, sends=0, due_at=Now() + _delay(attempt)
        )
    return True


def _delay(attempt: int) -> timedelta:
    """From this attempt's failure to the next: doubling, and spread a little."""
    delay = min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_DELAY)
    spread: timedelta = delay * random.uniform(1, 1.25)  # noqa: S311 - spreads retries, guards nothing
    return spread


def _handle(delivery: Delivery) -> None:
    wanted = subscription(delivery.subscriber)
    if wanted is None:
        raise LookupError(delivery.subscriber)
    event = delivery.event
    with structlog.contextvars.bound_contextvars(
        request_id=event.request_id, event=event.name, event_id=event.pk
    ):
        wanted.handler(decode(wanted.event, event.payload))


def _fail(delivery_id: int, error: Exception) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    file = "/".join(frame.filename.split("/")[-3:])
    place = f"{type(error).__name__} at {file}:{frame.lineno}"
    log.error("events.delivery_failed", delivery=delivery_id, failure=place)
    with transaction.atomic():
        delivery = _lock(delivery_id)
        if delivery is None:
            return
        delivery.last_error = place[:300]
        if delivery.attempts >= MAX_ATTEMPTS:
            _bury(delivery)
        else:
            Delivery.objects.filter(pk=delivery_id).update(
                last_error=delivery.last_error, due_at=Now() + _delay(delivery.attempts)
            )


def _bury(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(dead_at=Now(), last_error=delivery.last_error)
    log.error("events.dead_letter", delivery=delivery.pk, subscriber=delivery.subscriber)


def replay(delivery_ids: list[int] | None = None) -> int:
    """Make dead letters due again, all or the given ones; how many."""
    dead = Delivery.objects.exclude(dead_at=None)
    if delivery_ids is not None:
        dead = dead.filter(pk__in=delivery_ids)
    with transaction.atomic():
        count = dead.update(dead_at=None, attempts=0, sends=0, due_at=Now())
        if count:
            transaction.on_commit(kick, robust=True)
    return count


def replay_for_staff(*, actor_id: int, delivery_id: int, reason: str) -> None:
    """Make one dead letter due again, with a line in the audit log about its event."""
    with transaction.atomic():
        delivery = Delivery.objects.filter(pk=delivery_id).exclude(dead_at=None).first()
        if delivery is None:
            raise NotFound("This is no dead letter any more.")
        record(
            actor_id=actor_id, action="events.replay", subject_id=delivery.event_id, reason=reason
        )
        replay([delivery_id])


def prune(older_than: timedelta = timedelta(days=7)) -> int:
    """Delete old events that every subscriber has handled; how many."""
    old = Event.objects.filter(created_at__lt=Now() - older_than, deliveries=None)
    count = 0
    while ids := list(old.values_list("pk", flat=True)[:5_000]):
        count += Event.objects.filter(pk__in=ids).delete()[0]
    return count
