"""The outbox between transactions, threads and processes: everything that may get lost on the way."""

import re
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import transaction
from django.db.models.functions import Now

from pinboard.audit.models import AuditEntry
from pinboard.events import outbox
from pinboard.events.models import Delivery, Event
from pinboard.events.outbox import publish
from tests.kernel.happenings import Rang, Slept
from tests.processes import run, start
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

PUBLISH = """
from django.db import transaction
from pinboard.events.outbox import publish
from tests.kernel.happenings import Rang
for number in range(3):
    with transaction.atomic():
        publish(Rang(number))
"""
DELIVER = """
import sys
import tests.kernel.happenings
from pinboard.events import outbox
outbox.deliver(int(sys.argv[1]), is_first=sys.argv[2] == "first")
"""


def _work_off(broker):
    """Do what workers would do with the messages that lie on the queue."""
    messages = broker.messages()
    broker.clear()
    for message in messages:
        if message.task == "pinboard.events.tasks.deliver":
            outbox.deliver(*message.args, **message.kwargs)


def _wrung():
    return sorted(AuditEntry.objects.filter(action="rang").values_list("subject_id", flat=True))


def test_a_rollback_publishes_nothing(broker):
    with transaction.atomic():
        publish(Rang(1))
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()
    assert broker.messages("relay") == []


def test_a_commit_kicks_once_however_much_it_published(broker):
    with transaction.atomic():
        for number in range(5):
            publish(Rang(number))
        assert broker.messages("relay") == []
    assert [message.task for message in broker.messages("relay")] == ["pinboard.events.tasks.relay"]


def test_a_relay_that_is_on_its_way_is_not_asked_for_again(broker):
    for number in range(3):
        with transaction.atomic():
            publish(Rang(number))
    assert len(broker.messages("relay")) == 1
    assert outbox.relay() == 3
    broker.clear()
    with transaction.atomic():
        publish(Rang(3))
    assert [message.task for message in broker.messages("relay")] == ["pinboard.events.tasks.relay"]


def test_a_kick_is_sent_when_it_cannot_be_known_whether_one_was(broker):
    for _ in range(2):
        run(PUBLISH, CACHE_URL="redis://127.0.0.1:1/0")
    assert len(broker.messages("relay")) == 6


def test_what_a_lost_kick_left_the_sweep_delivers(broker):
    with transaction.atomic():
        publish(Rang(1))
    broker.clear()
    assert outbox.relay() == 1
    _work_off(broker)
    assert _wrung() == [1]


def test_what_a_lost_message_left_is_sent_again_when_its_lease_has_run_out(broker):
    with transaction.atomic():
        publish(Rang(1))
    assert outbox.relay() == 1
    broker.clear()
    assert outbox.relay() == 0
    Delivery.objects.update(due_at=Now())
    assert outbox.relay() == 1
    _work_off(broker)
    assert _wrung() == [1]


def test_a_broker_that_is_away_neither_raises_nor_loses_anything(broker):
    _, log = run(PUBLISH, CELERY_BROKER_URL="redis://127.0.0.1:1/0")
    # One attempt; the other two commits leave it to the sweep.
    assert len(re.findall("events.kick_failed", log)) == 1
    assert outbox.relay() == 3
    _work_off(broker)
    assert _wrung() == [0, 1, 2]


def test_ids_that_commit_out_of_order_are_all_delivered(broker):
    early_is_written, late_is_sent = Signal(), Signal()

    def early():
        with transaction.atomic():
            publish(Rang(1))
            early_is_written.set()
            assert late_is_sent.wait(10)

    def late():
        assert early_is_written.wait(10)
        with transaction.atomic():
            publish(Rang(2))
        sent = outbox.relay()
        late_is_sent.set()
        return sent

    assert together(early, late) == [None, 1]
    first, second = Event.objects.order_by("pk")
    assert (first.payload, second.payload) == ({"number": 1}, {"number": 2})
    assert outbox.relay() == 1
    _work_off(broker)
    assert _wrung() == [1, 2]


def test_relays_at_the_same_time_send_each_delivery_once(broker, monkeypatch):
    monkeypatch.setattr(outbox, "LEASE", timedelta(hours=1))  # a busy machine takes its time
    count = 3 * outbox.RELAY_BATCH + 7
    with transaction.atomic():
        for number in range(count):
            publish(Rang(number))
    broker.clear()
    assert sum(together(*[outbox.relay] * 4)) == count
    sent = [message.args[0] for message in broker.messages()]
    assert sorted(sent) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert set(Delivery.objects.values_list("sends", flat=True)) == {1}
    assert outbox.relay() == 0


def test_deliveries_at_the_same_time_run_the_handler_once():
    with transaction.atomic():
        publish(Rang(1))
    pk = Delivery.objects.get().pk
    results = together(*[lambda: outbox.deliver(pk)] * 6)
    assert sorted(results) == [False] * 5 + [True]
    assert _wrung() == [1]


@pytest.mark.parametrize(("which", "counted"), [("first", 0), ("later", 1)])
def test_a_worker_that_is_killed_leaves_the_delivery_to_the_next(which, counted, tmp_path, broker):
    started = tmp_path / "started"
    with transaction.atomic():
        publish(Slept(1, str(started)))
    pk = Delivery.objects.get().pk
    worker = start(DELIVER, str(pk), which)
    try:
        _wait_for(started, worker)
        # While it works, nobody else does.
        assert not outbox.deliver(pk)
    finally:
        worker.kill()
        worker.communicate()
    _wait_until_unlocked(pk)
    assert not AuditEntry.objects.exists()
    assert Delivery.objects.get().attempts == counted
    Delivery.objects.update(due_at=Now())
    assert outbox.relay() == 1
    _work_off(broker)
    assert AuditEntry.objects.get().action == "slept"
    assert not Delivery.objects.exists()


def _wait_for(path, process):
    pause = Signal()
    for _ in range(300):
        if path.exists():
            return
        assert process.poll() is None, process.communicate()
        pause.wait(0.1)
    pytest.fail("the worker did not start")


def _wait_until_unlocked(pk):
    """Postgres notices a killed client when it next talks to it; this ends the wait for that."""
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=pk)
