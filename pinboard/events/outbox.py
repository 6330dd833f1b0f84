"""Publishing and the relay.

An event is written in the transaction of its cause, with a delivery row for each subscriber. After
the commit the relay is kicked; a periodic sweep runs the same relay and is what guarantees delivery.
The relay leases due rows and puts tasks for them on their queues. The task runs the handler and
deletes the row in one transaction (`pinboard.events.delivery`). Whatever is lost on the way (a kick, a
message, a worker) is a lease that runs out. Each lease is twice as long as the one before, so a
backlog grows by the logarithm of its age and not with every sweep.

What is sent for the first time is run without further ado: that it was started is written down from
the second time on, when there may be something about it that kills workers.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError

from pinboard.audit.models import record
from pinboard.errors import NotFound
from pinboard.events.delivery import LEASE, LONGEST_DELAY, deliver
from pinboard.events.kicks import kick, relay_begins
from pinboard.events.models import Delivery, Event
from pinboard.events.registry import encode, event_name, reactions, subscription, subscriptions
from pinboard.postgres.base import postgres
from pinboard.postgres.statements import Rows, Statement

RELAY_BATCH = 500

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
    due_at = statement_timestamp() + least(%s::interval * power(2, least(sends, 20)), %s::interval)
WHERE id = ANY(ARRAY(SELECT id FROM due))
RETURNING delivery.id, delivery.queue, delivery.subscriber, delivery.attempts, delivery.sends
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


def relay() -> int:
    """Lease all due deliveries and send tasks for them; how many there were."""
    relay_begins()
    sent = 0
    while True:
        leased = _lease()
        for queue, ids, is_first in _tasks(leased):
            current_app.send_task(
                "pinboard.events.tasks.deliver", ids, {"is_first": is_first}, queue=queue
            )
        sent += len(leased)
        if len(leased) < RELAY_BATCH:
            return sent


def deliver_due() -> int:
    """Deliver a batch of what is due in this process, as a worker would; how many there were."""
    leased = _lease()
    for _queue, ids, is_first in _tasks(leased):
        deliver(*ids, is_first=is_first)
    return len(leased)


def _lease() -> Rows:
    """A batch of due deliveries, which nobody else gets until the lease is over. One statement, which
    needs no transaction around it."""
    (leased,) = postgres().fetch([Statement(_LEASE, [RELAY_BATCH, LEASE, LONGEST_DELAY])])
    return leased


def _tasks(leased: Rows) -> Iterator[tuple[str, list[int], bool]]:
    """A queue, what is delivered together, and whether it is sent for the first time, for each task.

    Together goes what a handler takes so, until an attempt was counted: what failed, or what killed
    its workers, goes by itself and takes nothing with it.
    """
    together: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)
    for delivery_id, *alike in sorted(leased):
        together[tuple(alike)].append(delivery_id)
    for (queue, subscriber, attempts, sends), ids in together.items():
        most = 1 if attempts else _most(subscriber)
        for start in range(0, len(ids), most):
            yield queue, ids[start : start + most], not attempts and sends == 1


def _most(subscriber: str) -> int:
    wanted = subscription(subscriber)
    return (wanted and wanted.most) or 1


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
