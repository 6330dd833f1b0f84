"""The slot for recommendations."""

import itertools

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from apps.feed.sources.recommended import COUNT, Recommended

source = Recommended()
NO_FUNCTION = 5


def likes(viewer_id, count):
    return [viewer_id, count, viewer_id]


def breaks(viewer_id, count):
    raise KeyError("ada@example.com")


def goes_on_forever(viewer_id, count):
    return itertools.count(1)


def no_ids(viewer_id, count):
    return ["Ada"]


def too_large(viewer_id, count):
    return [1, 2**63]


def nothing(viewer_id, count):
    return None


@pytest.fixture
def recommender(settings):
    def use(name):
        settings.FEED_RECOMMENDER = name and f"tests.feed.test_sources_recommended.{name}"

    return use


def failed():
    return REGISTRY.get_sample_value("pinboard_feed_recommender_failed_total")


def test_its_reason():
    assert (source.number, [one.kind for one in source.reasons]) == (4, ["RECOMMENDED"])


def test_without_one_there_is_nothing():
    assert source.candidates(7) == []


def test_what_it_gives_each_once_and_bounded(recommender):
    recommender("likes")
    assert source.candidates(7) == [7, COUNT]
    recommender("goes_on_forever")
    assert source.candidates(7) == list(range(1, COUNT + 1))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("breaks", "KeyError"),
        ("no_ids", "TypeError"),
        ("too_large", "ValueError"),
        ("nothing", "TypeError"),
        ("gone", "ImproperlyConfigured"),
    ],
)
def test_a_broken_one_gives_nothing_and_is_counted(recommender, name, reason):
    recommender(name)
    before = failed()
    with capture_logs() as logs:
        assert source.candidates(7) == []
    assert failed() == before + 1
    assert logs == [{"event": "feed.recommender_failed", "reason": reason, "log_level": "error"}]


@pytest.mark.parametrize("name", ["gone", "NO_FUNCTION"])
def test_one_that_is_not_there_ends_the_process_at_start(recommender, name):
    recommender(name)
    with pytest.raises(ImproperlyConfigured, match=f"FEED_RECOMMENDER: .*{name} cannot be"):
        apps.get_app_config("feed").ready()


def test_one_that_is_there_does_not(recommender):
    for name in ("likes", ""):
        recommender(name)
        apps.get_app_config("feed").ready()
