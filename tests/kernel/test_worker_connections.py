"""A worker keeps its connection to Postgres from task to task, and finds out that it is broken."""

import time

import pytest
from django.db import transaction

from pinboard.audit.models import AuditEntry
from pinboard.events.outbox import publish
from pinboard.sql import rows
from tests.kernel.happenings import Rang
from tests.processes import start

WORKER = """
import tests.kernel.happenings
from config.celery import app
app.start(argv=["--quiet", "worker", "-Q", "relay,default", "-c", "1", "--loglevel", "ERROR"])
"""
_PATIENCE_SECONDS = 60


@pytest.fixture
def worker(broker):
    broker.clear()
    process = start(WORKER, PGAPPNAME="a-worker")
    yield process
    process.terminate()
    process.communicate(timeout=_PATIENCE_SECONDS)


def ring(number):
    """Have the worker do a relay and a delivery."""
    with transaction.atomic():
        publish(Rang(number))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not AuditEntry.objects.filter(action="rang", subject_id=number).exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def backends():
    found = rows(
        "SELECT pid FROM pg_stat_activity"
        " WHERE application_name = 'a-worker' AND datname = current_database()",
        [],
    )
    return [pid for (pid,) in found]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
def test_a_worker_keeps_its_connection():
    ring(1)
    before = backends()
    assert len(before) == 1
    for number in range(2, 6):
        ring(number)
    assert backends() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
def test_a_connection_that_was_ended_is_opened_anew():
    ring(1)
    (before,) = backends()
    rows("SELECT pg_terminate_backend(%s, 10000)", [before])  # and wait for its end
    ring(2)
    (after,) = backends()
    assert after != before
