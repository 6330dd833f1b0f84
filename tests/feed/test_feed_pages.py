"""Pages of the feed, when many entries of a timeline are not to be seen."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.feed import timelines
from apps.feed.selectors import following, following_feed
from apps.feed.sources import popular
from apps.follows.services import follow_person
from apps.pins.models import Pin
from pinboard.paging import Window
from tests.effort import assert_in_proportion
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

PINS = 10
PAGE = """
query($size: Int) {
  viewer {
    followingFeed(first: $size) {
      edges {
        node {
          id saveCount author { username } board { name }
          picture { image(size: W236) { url } }
        }
      }
    }
  }
}
"""
BOTH = "{ viewer { followingFeed { nodes { id } } homeFeed { nodes { id } } } }"


@pytest.fixture
def timeline(db, monkeypatch):
    """Somebody's timeline of ten pins, newest first; few entries are looked at to spare."""
    monkeypatch.setattr(following, "_SPARE", 1)
    board, viewer = BoardFactory(), UserFactory()
    follow_person(follower_id=viewer.pk, person_id=board.owner_id)
    pins = [make_pin(board).pk for _ in range(PINS)]
    timelines.rebuild(viewer.pk)
    timelines.timeline_of(viewer.pk)  # large authors are known from now on
    return viewer.pk, pins[::-1]


def ids(page):
    return [row.id for row in page.rows]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sets(st.integers(0, PINS - 1)), st.integers(1, 4), st.booleans())
def test_a_walk_shows_what_is_to_be_seen(timeline, hidden, size, forward):
    viewer, pins = timeline
    Pin.objects.update(hidden_at=None)
    away = {pins[one] for one in hidden}
    Pin.objects.filter(pk__in=away).update(hidden_at="2026-01-01T00:00:00Z")
    expected = [pin for pin in pins if pin not in away]
    seen, cursor = [], None
    while True:
        window = Window(first=size, after=cursor) if forward else Window(last=size, before=cursor)
        (page,) = following_feed(viewer).pages([viewer], window).get()
        seen = seen + ids(page) if forward else ids(page) + seen
        more, earlier = (
            (page.has_next, page.has_previous) if forward else (page.has_previous, page.has_next)
        )
        assert earlier is (cursor is not None)
        assert more is (len(seen) < len(expected))
        if not more:
            break
        cursor = page.rows[-1 if forward else 0].key
    assert seen == expected


def test_one_statement_mostly_and_two_at_most(timeline, django_assert_num_queries):
    viewer, pins = timeline
    feed = following_feed(viewer)
    with django_assert_num_queries(1):
        (page,) = feed.pages([viewer], Window(first=2)).get()
    assert ids(page) == pins[:2]
    Pin.objects.filter(pk__in=pins[:6]).update(hidden_at="2026-01-01T00:00:00Z")
    with django_assert_num_queries(2):
        (page,) = feed.pages([viewer], Window(first=2)).get()
    assert ids(page) == pins[6:8]


def test_a_hundred_entries_take_the_statements_of_twenty_five(api, django_assert_num_queries):
    board, viewer = BoardFactory(), UserFactory()
    follow_person(follower_id=viewer.pk, person_id=board.owner_id)
    for _ in range(105):
        make_pin(board)
    timelines.rebuild(viewer.pk)
    client = api.as_(viewer)
    client(PAGE, size=25)  # who asks is known from now on, and the document
    for size in (25, 100):
        with django_assert_num_queries(1):
            found = client(PAGE, size=size).data["viewer"]["followingFeed"]["edges"]
        assert len(found) == size


def test_pages_go_through_rows_in_proportion(api):
    board = BoardFactory()
    client = api.as_(board.owner)

    def grow(count):
        crowd = make_crowd(board, count)
        timelines.rebuild(board.owner_id)
        popular.refresh()
        return crowd

    def read(crowd):
        viewer = client(BOTH).data["viewer"]
        # All pins show one picture, which is one entry of the home feed.
        assert [len(feed["nodes"]) for feed in viewer.values()] == [25, 1]

    assert_in_proportion(grow, read, most=40)
