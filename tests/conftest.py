"""Fixtures that every test may use."""

import gc
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import TransactionTestCase
from django_redis import get_redis_connection

from apps.feed import authors
from apps.feed.sources import popular, topics
from pinboard.cache.cluster import close
from tests.api import Api
from tests.broker import Broker
from tests.cluster.servers import Cluster
from tests.events import Outbox
from tests.leftovers import delete_rows

HERE = Path(__file__).parent
# The longest of those that start services of their own, which leave nothing that other tests could find.
LONGEST = (
    "benchmarks/test_bench.py",
    "chaos/test_chaos.py",
    "local/test_run.py",
    "story/test_story.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """They begin first. They came last, as what wants no database of Django's does: one worker was at them
    when there was nothing left for the others, and several made what a file makes once."""
    turns = {HERE / name: turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path, len(turns)))


def pytest_collection_finish():
    """What is there before the first test stays: garbage is no longer looked for in it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _cheap():
    """What hundreds of tests do, and none is about: passwords are hashed as in production, at the least
    cost, and what tests commit is deleted."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, least)
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_rows)
        yield


@pytest.fixture(autouse=True)
def _empty_valkey(request):
    """What a test leaves in Valkey or in memory is no other test's business."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        get_redis_connection("default").flushdb()
        authors.everybody.cache_clear()
        popular.at_hand.cache_clear()
        topics.forget_newest()
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


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A Valkey Cluster of three primaries and three replicas. It is started when it is first wanted."""
    found = Cluster(tmp_path_factory.mktemp("cluster"))
    yield found
    close()
    found.stop()


@pytest.fixture
def on_cluster(cluster, settings, monkeypatch):
    """The cache, and that of processes which the test starts, is on the cluster."""
    settings.CACHES = cluster.caches()
    monkeypatch.setenv("CACHE_URL", cluster.url)
    get_redis_connection("default").flushdb()
    return cluster


@pytest.fixture(params=["one server", "a cluster"])
def anywhere(request):
    """The test runs twice: on one Valkey, and on a cluster."""
    if request.param == "a cluster":
        request.getfixturevalue("on_cluster")
