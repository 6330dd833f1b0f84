"""The outbox inside of one transaction: what is written, when it is due, and where it ends."""

from datetime import date, timedelta
from io import StringIO

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DurationField
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError

from pinboard.audit.models import AuditEntry
from pinboard.events import outbox
from pinboard.events.delivery import LEASE, LONGEST_DELAY, MAX_ATTEMPTS
from pinboard.events.figures import figures
from pinboard.events.models import Delivery, Event
from pinboard.events.outbox import publish
from tests.kernel.happenings import Broke, Flocked, Knocked, Mood, Rang, Varied
from tests.kernel.happenings import try_to as _registers_handlers  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _broken(monkeypatch):
    monkeypatch.setattr(Mood, "broken", True)


def _until_due():
    """How far off each delivery is, by Postgres's clock."""
    wait = ExpressionWrapper(F("due_at") - Now(), output_field=DurationField())
    return list(Delivery.objects.order_by("pk").annotate(wait=wait).values_list("wait", flat=True))


def _publish_in_vain(event):
    """In a savepoint that is rolled back."""
    with transaction.atomic():
        publish(event)
        transaction.set_rollback(True)


def _about(found, expected):
    """Whether it is `expected`, less what passed since it was written."""
    return expected - timedelta(seconds=1) < found <= expected


def _manage(*arguments):
    out = StringIO()
    call_command("events", *arguments, stdout=out)
    return out.getvalue()


def test_an_event_is_told_to_whoever_subscribed():
    publish(Rang(7))
    event, delivery = Event.objects.get(), Delivery.objects.get()
    assert (event.name, event.payload) == ("kernel.Rang", {"number": 7})
    assert (delivery.event_id, delivery.subscriber) == (event.pk, "kernel.write_down")
    assert (delivery.queue, delivery.sends, delivery.attempts) == ("default", 0, 0)
    assert outbox.deliver(delivery.pk)
    assert AuditEntry.objects.get().subject_id == 7
    assert not Delivery.objects.exists()


def test_a_reaction_happens_with_its_event_or_neither_does():
    publish(Knocked(7))
    assert AuditEntry.objects.get().subject_id == 7
    assert not Delivery.objects.exists()
    with pytest.raises(ValueError, match="nobody is in"), transaction.atomic():
        publish(Knocked(-8))
    assert AuditEntry.objects.count() == Event.objects.count() == 1


def test_an_event_that_nobody_hears_is_kept(outbox):
    with transaction.atomic():
        event = Varied((2**62, 1), date(2026, 11, 23), None)
        publish(event)
    assert outbox.published(Varied) == [event]
    assert not Delivery.objects.exists()


def test_a_field_that_the_type_has_lost_is_ignored(outbox):
    publish(Rang(1))
    Event.objects.update(payload={"number": 2, "of_old": True})
    assert outbox.published(Rang) == [Rang(2)]


def test_publishing_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        publish(Rang(1))


def test_a_savepoint_takes_its_events_along(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        publish(Rang(1))
        _publish_in_vain(Rang(2))
        with transaction.atomic():
            publish(Rang(3))
    assert sorted(event.payload["number"] for event in Event.objects.all()) == [1, 3]
    assert callbacks == [outbox.kick]


def test_a_kick_survives_the_savepoint_that_asked_first(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        _publish_in_vain(Rang(1))
        publish(Rang(2))
    assert callbacks == [outbox.kick]


def test_leases_double_up_to_an_hour(broker):
    publish(Rang(1))
    leases = []
    for _ in range(9):
        assert outbox.relay() == 1
        assert outbox.relay() == 0
        leases += _until_due()
        Delivery.objects.update(due_at=Now())
    assert all(_about(lease, min(LEASE * 2**n, LONGEST_DELAY)) for n, lease in enumerate(leases)), (
        leases
    )
    assert len(broker.messages()) == 9


def test_a_start_makes_leases_short_again(broker):
    publish(Broke(1))
    Delivery.objects.update(sends=9)
    assert not outbox.deliver(Delivery.objects.get().pk)
    Delivery.objects.update(due_at=Now())
    assert outbox.relay() == 1
    assert _about(_until_due()[0], LEASE)


def _counted():
    """How many each was handled with, and which."""
    found = AuditEntry.objects.filter(action="flocked").order_by("subject_id")
    return [(entry.actor_id, entry.subject_id) for entry in found]


def test_what_waits_together_is_handled_together(broker, django_assert_num_queries):
    publish(*[Flocked(number) for number in range(5)])
    publish(Rang(5))
    assert outbox.relay() == 6
    messages = broker.messages()
    assert [message.kwargs for message in messages] == [{"is_first": True}] * 3
    sent = sorted((message.args for message in messages), key=len)
    assert [len(ids) for ids in sent] == [1, 2, 3]
    with django_assert_num_queries(1 + 3 + 2):  # three records, a savepoint
        assert outbox.deliver(*sent[2], is_first=True)
    with django_assert_num_queries(2 + 2 + 2):
        assert outbox.deliver(*sent[1])
    assert _counted() == [(3, 0), (3, 1), (3, 2), (2, 3), (2, 4)]
    assert not outbox.deliver(*sent[1], *sent[2])
    assert outbox.deliver_due() == 0


def test_one_that_fails_takes_no_other_with_it():
    publish(*[Flocked(number) for number in (1, -2, 3)])
    assert outbox.deliver_due() == 3
    assert _counted() == [(1, 1), (1, 3)]
    left = Delivery.objects.get()
    assert (left.event.payload, left.attempts) == ({"number": -2}, 1)
    assert left.last_error.startswith("ValueError at tests/kernel/happenings.py:")


def test_what_was_started_once_goes_by_itself(broker):
    publish(*[Flocked(number) for number in range(3)])
    first, *_ = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(attempts=1)
    assert outbox.relay() == 3
    sent = [(len(message.args), message.kwargs["is_first"]) for message in broker.messages()]
    assert sorted(sent) == [(1, False), (2, True)]


def test_what_was_sent_before_is_no_first_attempt(broker):
    publish(*[Flocked(number) for number in range(3)])
    Delivery.objects.filter(event__payload__number=2).update(sends=1)
    assert outbox.relay() == 3
    sent = [(len(message.args), message.kwargs["is_first"]) for message in broker.messages()]
    assert sorted(sent) == [(1, False), (2, True)]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_failure_counts_once_whichever_attempt_it_is(is_first):
    publish(Broke(1))
    pk = Delivery.objects.get().pk
    assert not outbox.deliver(pk, is_first=is_first)
    left = Delivery.objects.get()
    assert (left.attempts, left.dead_at) == (1, None)
    assert left.last_error.startswith("ValueError at tests/kernel/happenings.py:")
    assert timedelta(seconds=1) < _until_due()[0] <= timedelta(seconds=2.5)


def test_failures_are_tried_again_ever_later_and_end_as_dead_letters(broker):
    publish(Broke(1))
    pk = Delivery.objects.get().pk
    for attempt in range(1, MAX_ATTEMPTS):
        assert not outbox.deliver(pk)
        delay = min(timedelta(seconds=2) * 2 ** (attempt - 1), LONGEST_DELAY)
        assert delay - timedelta(seconds=1) < _until_due()[0] <= delay * 1.25
        assert Delivery.objects.get().attempts == attempt
    assert not outbox.deliver(pk)
    letter = Delivery.objects.get()
    assert letter.dead_at is not None
    assert letter.last_error.startswith("ValueError at tests/kernel/happenings.py:")
    assert not AuditEntry.objects.exists()
    Delivery.objects.update(due_at=Now())
    assert outbox.relay() == 0
    assert not outbox.deliver(pk)


def test_dead_letters_are_listed_and_replayed(broker):
    publish(Broke(1))
    publish(Broke(2))
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.update(attempts=MAX_ATTEMPTS - 1)
    assert not outbox.deliver(first.pk)
    assert not outbox.deliver(second.pk)
    listed = _manage("dead").splitlines()
    assert [line.split()[0] for line in listed] == [str(first.pk), str(second.pk)]
    assert f"kernel.Broke {first.event_id}  for kernel.try_to  12 attempts  ValueError" in listed[0]
    assert "example.com" not in "".join(listed)
    assert _manage("status").splitlines() == ["lag: 0.0 s, dead letters: 2"]
    assert _manage("replay", str(first.pk)) == "1 dead letters are due again\n"
    Mood.broken = False
    assert outbox.relay() == 1
    assert outbox.deliver(first.pk)
    assert [entry.subject_id for entry in AuditEntry.objects.all()] == [1]
    assert _manage("replay") == "1 dead letters are due again\n"
    assert outbox.deliver(second.pk)
    assert not Delivery.objects.exists()


def test_a_delivery_whose_workers_were_all_killed_is_a_dead_letter():
    publish(Rang(1))
    Delivery.objects.update(attempts=MAX_ATTEMPTS)
    assert not outbox.deliver(Delivery.objects.get().pk)
    letter = Delivery.objects.get()
    assert letter.dead_at is not None
    assert letter.last_error == "its worker was killed"
    assert not AuditEntry.objects.exists()


def test_a_delivery_whose_handler_is_gone_waits_for_it():
    publish(Rang(1))
    Delivery.objects.update(subscriber="kernel.renamed")
    assert not outbox.deliver(Delivery.objects.get().pk)
    assert Delivery.objects.get().last_error.startswith(
        "LookupError at pinboard/events/delivery.py:"
    )
    Delivery.objects.update(subscriber="kernel.write_down")
    assert outbox.deliver(Delivery.objects.get().pk)


def test_a_delivery_that_is_done_is_done_once():
    publish(Rang(1))
    pk = Delivery.objects.get().pk
    assert outbox.deliver(pk)
    assert not outbox.deliver(pk)
    assert AuditEntry.objects.count() == 1


def test_figures():
    publish(Rang(1))
    publish(Rang(2))
    publish(Broke(3))
    Delivery.objects.filter(subscriber="kernel.try_to").update(dead_at=Now())
    Event.objects.update(created_at=Now() - timedelta(seconds=90))
    now = figures()
    assert (now.depth, now.dead) == ({"default": 2}, 1)
    assert 90 <= now.lag_seconds < 150


def test_old_events_go_when_everybody_has_handled_them():
    publish(Rang(1))
    publish(Varied((), date.min, "kept"))
    publish(Varied((), date.min, "old"))
    Event.objects.exclude(payload__text="kept").update(created_at=Now() - timedelta(days=8))
    assert outbox.prune() == 1
    assert {event.name for event in Event.objects.all()} == {"kernel.Rang", "kernel.Varied"}


def test_what_beat_sends_are_tasks_that_exist():
    current_app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(
        current_app.tasks
    )


@pytest.mark.django_db(transaction=True)
def test_publishing_needs_a_transaction():
    assert not connection.in_atomic_block
    with pytest.raises(TransactionManagementError, match="needs the transaction"):
        publish(Rang(1))
    assert not Event.objects.exists()
