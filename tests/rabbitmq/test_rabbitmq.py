"""RabbitMQ as the broker: a real one, and a real worker."""

import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from amqp.exceptions import PreconditionFailed
from django.core.cache import cache
from kombu import Connection, Queue

from apps.feed import timelines
from pinboard.cache import keys
from pinboard.events.models import Delivery
from pinboard.events.registry import queues
from tests.factories.boards import BoardFactory
from tests.factories.followers import make_followers
from tests.factories.media import UploadFactory
from tests.processes import ROOT, environment, run
from tests.rabbitmq.server import IS_INSTALLED, RabbitMQ

pytestmark = [
    pytest.mark.skipif(not IS_INSTALLED, reason="rabbitmq-server is not installed here"),
    pytest.mark.django_db(transaction=True),
]

EVERY_QUEUE = "fanout,relay,default,media,refill"
PIN = """
import sys
from apps.pins.services import create_pin
owner, board, picture = map(int, sys.argv[1:])
print(create_pin(owner_id=owner, board_id=board, picture_id=picture))
"""
FILL = """
from config.celery import app
for number in range(500):
    app.send_task('pinboard.events.tasks.deliver', args=[number], queue='refill')
"""


@pytest.fixture(scope="module")
def rabbitmq(tmp_path_factory):
    found = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"))
    yield found
    found.close()


@contextmanager
def worker(broker, names=EVERY_QUEUE, beat=None):
    """A worker at these queues, for as long as the block lasts; with beat, if it has a file."""
    schedule = ["--beat", "--schedule", str(beat)] if beat else []
    process = subprocess.Popen(
        [
            sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "config", "worker",
            "-Q", names, "-c", "1", "--loglevel", "ERROR", "--without-gossip", "--without-mingle",
            *schedule,
        ],
        env=environment(CELERY_BROKER_URL=broker.url), cwd=ROOT,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def board():
    return BoardFactory()


@pytest.fixture
def followers(board):
    people = make_followers(board.owner_id, 300)
    for person in people:
        timelines.rebuild(person)
    return people


def new_pin(broker, board):
    """A pin from a web process that has this broker."""
    picture = UploadFactory(owner=board.owner).picture
    about = [str(number) for number in (board.owner_id, board.pk, picture.pk)]
    output, log = run(PIN, *about, CELERY_BROKER_URL=broker.url)
    return int(output), log


def reaches(followers, pins):
    """Wait until these are in the timelines of all, and nothing waits to be delivered."""
    deadline = time.monotonic() + 120
    while [timelines.store.read(one) for one in followers] != [pins] * len(followers):
        assert time.monotonic() < deadline, list(Delivery.objects.values())
        time.sleep(0.1)


def queue(name, kind):
    return Queue(name, durable=True, queue_arguments={"x-queue-type": kind})


def test_nothing_is_lost_when_the_broker_is_restarted(rabbitmq, board, followers, tmp_path):
    first, _ = new_pin(rabbitmq, board)
    rabbitmq.stop()  # the message of the first pin is on its disk
    cache.delete(keys.relay_asked())  # as it is some seconds after the first was asked for
    second, log = new_pin(rabbitmq, board)
    assert "events.kick_failed" in log
    rabbitmq.start()
    with worker(rabbitmq, beat=tmp_path / "beat"):
        reaches(followers, [second, first])
        rabbitmq.stop()
        third, _ = new_pin(rabbitmq, board)
        rabbitmq.start()
        reaches(followers, [third, second, first])


def test_queues_are_kept_by_a_quorum(rabbitmq):
    with worker(rabbitmq), Connection(rabbitmq.url) as connection:
        assert set(EVERY_QUEUE.split(",")) == queues() | {"default"}
        run(FILL, CELERY_BROKER_URL=rabbitmq.url)
        for name in EVERY_QUEUE.split(","):
            queue(name, "quorum").bind(connection.channel()).queue_declare(passive=False)
            with pytest.raises(PreconditionFailed):
                queue(name, "classic").bind(connection.channel()).queue_declare()


def test_new_pins_do_not_wait_for_a_backlog_at_another_workers_queue(rabbitmq, board, followers):
    run(FILL, CELERY_BROKER_URL=rabbitmq.url)
    with worker(rabbitmq, "fanout,relay,default"):
        pin, _ = new_pin(rabbitmq, board)
        reaches(followers, [pin])
    with Connection(rabbitmq.url) as connection:
        waiting = queue("refill", "quorum").bind(connection.channel()).queue_declare(passive=True)
    assert waiting.message_count >= 500
