"""What others' queues have suffered from: millions of duplicate jobs. Seen as sidekiq/sidekiq#5777,
mastodon/mastodon#17856 and paperless-ngx/paperless-ngx#2604, all on GitHub."""

import json

import pytest
from django.conf import settings
from django.db import transaction

from apps.feed import fanout
from apps.feed.events import FanOutDue
from apps.follows.services import follow_person
from pinboard.events import kicks
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver, publish
from pinboard.events.tasks import relay
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory


@pytest.fixture
def board(db):
    return BoardFactory()


@pytest.mark.django_db(transaction=True)
def test_without_workers_a_hundred_commits_ask_for_one_relay(board, broker, monkeypatch):
    monkeypatch.setattr(kicks, "ASKED_SECONDS", 3_600)  # the machine may be slow
    for number in range(100):
        with transaction.atomic():
            publish(FanOutDue([], number, 0))
    assert [message.task for message in broker.messages("relay")] == ["pinboard.events.tasks.relay"]
    relay()
    assert len(broker.messages("fanout")) == 100
    with transaction.atomic():
        publish(FanOutDue([], 0, 0))
    assert len(broker.messages("relay")) == 2


def test_a_pin_is_a_job_for_each_step_and_not_for_each_follower(board, outbox, monkeypatch):
    monkeypatch.setattr(fanout, "STEP", 4)
    for _ in range(12):
        follow_person(follower_id=UserFactory().pk, person_id=board.owner_id)
    outbox.drain()
    make_pin(board)
    steps = Delivery.objects.filter(subscriber="feed.go_on")
    (new,) = Delivery.objects.filter(subscriber="feed.fan_out")
    assert deliver(new.pk)
    assert steps.count() == 4
    outbox.drain()
    assert len(outbox.published(FanOutDue)) == 4


def test_what_beat_sends_is_worth_nothing_for_long():
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        interval = entry["schedule"].total_seconds()
        assert interval <= entry["options"]["expires"] <= max(interval, 3600)
        assert json.dumps(entry["options"])
