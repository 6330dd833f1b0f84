"""Fixtures that every test may use."""

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection

from apps.feed import authors
from apps.feed.sources import popular
from tests.api import Api
from tests.broker import Broker
from tests.events import Outbox


@pytest.fixture(autouse=True)
def _empty_valkey(request):
    """What a test leaves in Valkey or in memory is no other test's business."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        get_redis_connection("default").flushdb()
        authors.everybody.cache_clear()
        popular.at_hand.cache_clear()
        yield
        cache.close()
    else:
        yield


@pytest.fixture
def api(db):
    """A client of the API with nobody logged in; `api.as_(user)` is somebody's."""
    return Api()


@pytest.fixture
def outbox(db, django_capture_on_commit_callbacks):
    """`outbox.drain()`: what workers would do, to the end."""
    return Outbox()


@pytest.fixture
def broker():
    """The broker, empty, with no worker at it."""
    found = Broker()
    found.clear()
    yield found
    found.clear()
    found.close()
