"""A replica of Postgres, and web processes that read from it."""

import shutil
from contextlib import contextmanager

import pytest

from pinboard.local.account import temporary_folder
from tests.replica.asking import Asking
from tests.replica.server import Replica
from tests.web import web_process


@contextmanager
def _reading(replica, seconds):
    hosts = f"127.0.0.1:1,{replica.host}"  # nobody is at the first
    changes = {"DATABASE_REPLICAS": hosts, "DATABASE_REPLICA_SECONDS": seconds}
    with web_process(threads=1, **changes) as web, Asking(web.url) as found:
        yield found


@pytest.fixture(scope="package")
def replica(django_db_setup):
    """The replica, which goes on when a test is over."""
    folder = temporary_folder()
    found = Replica(folder)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def patient(replica, django_db_blocker):
    """A web process that lets the replica be a minute behind."""
    with django_db_blocker.unblock(), _reading(replica, "60") as found:
        yield found


@pytest.fixture(scope="package")
def hasty(replica, django_db_blocker):
    """One that lets it be a second behind."""
    with django_db_blocker.unblock(), _reading(replica, "1") as found:
        yield found


@pytest.fixture(autouse=True)
def _goes_on(request):
    yield
    if "replica" in request.fixturenames:
        request.getfixturevalue("replica").go_on()
