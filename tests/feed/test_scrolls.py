"""Scrolls of the home feed: pages that fit together while all around them changes."""

import pytest
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError

from apps.feed import scrolls, timelines
from apps.feed.selectors import following_feed, home, ranked
from apps.feed.sources import SOURCES, popular
from apps.follows.services import unfollow_person
from apps.pins.models import Pin
from pinboard.cache import keys
from pinboard.paging import Window
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory
from tests.feed.home import (
    HOME,
    block,
    delete,
    followed_board,
    hide,
    ids,
    make_secret,
    mute,
    suspend,
    walk,
)

TOTAL = "query($after: String) { viewer { homeFeed(first: 1, after: $after) { totalCount nodes { id } } } }"
PAGE = """
query($first: Int, $after: String) {
  viewer { homeFeed(first: $first, after: $after) { edges { cursor node { id } } } }
}
"""


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def client(api, ada):
    return api.as_(ada)


@pytest.fixture
def read(client):
    """A page of Ada's home feed."""
    return lambda **window: client(HOME, **window).data["viewer"]["homeFeed"]


@pytest.fixture
def only_followed(monkeypatch):
    """Nothing is popular, so that a feed holds no more than what is followed."""
    monkeypatch.setattr(ranked, "SOURCES", SOURCES[:2])


@pytest.mark.parametrize("leave_out", [hide, block, mute, suspend, make_secret, delete])
def test_what_is_gone_leaves_the_scroll_too_and_its_pages_stay_full(ada, read, outbox, leave_out):
    board = followed_board(ada)
    pins = [make_pin(board).pk for _ in range(3)]
    gone = make_pin(followed_board(ada))
    outbox.drain()
    whole = read()
    order = ids(whole)
    assert sorted(order) == [*pins, gone.pk]
    leave_out(ada, gone)
    rest = [pin for pin in order if pin != gone.pk]
    assert sorted(ids(read())) == sorted(rest)
    first = whole["pageInfo"]["startCursor"]
    assert ids(read(first=3, after=first)) == [pin for pin in order[1:] if pin in rest]
    before = ids(read(last=3, before=whole["pageInfo"]["endCursor"]))
    assert before == [pin for pin in order[:-1] if pin in rest]


def test_unfollowing_takes_out_of_the_scroll_what_nothing_else_leads_to(
    ada, read, outbox, only_followed
):
    board, other = followed_board(ada), followed_board(ada)
    pins = [make_pin(board).pk, make_pin(other).pk, make_pin(other).pk]
    outbox.drain()
    whole = read()
    assert sorted(ids(whole)) == pins
    unfollow_person(follower_id=ada.pk, person_id=other.owner_id)
    back = read(last=3, before=whole["pageInfo"]["endCursor"])
    kept = [pins[0]] if ids(whole)[-1] != pins[0] else []
    assert ids(back) == kept


def test_a_copy_stands_in_for_one_that_is_gone(ada, read, outbox, only_followed):
    pin = make_pin()
    boards = [followed_board(ada) for _ in range(3)]
    copies = {make_save(pin, board).pk: board for board in boards}
    last = make_pin(followed_board(ada))
    outbox.drain()
    whole = read()
    assert len(ids(whole)) == 2
    at = next(at for at, one in enumerate(ids(whole)) if one in copies)
    shown = ids(whole)[at]
    unfollow_person(follower_id=ada.pk, person_id=copies[shown].owner_id)
    window = (
        {"first": 1, "after": whole["pageInfo"]["startCursor"]}
        if at
        else {"last": 1, "before": whole["pageInfo"]["endCursor"]}
    )
    (edge,) = read(**window)["edges"]
    assert int(edge["node"]["id"]) in set(copies) - {shown}
    assert len(edge["savedBy"]) == 1
    assert last.pk in ids(whole)


def test_a_scroll_holds_still_while_new_pins_come(ada, read, outbox, only_followed):
    boards = [followed_board(ada) for _ in range(3)]
    for board in boards:
        for _ in range(4):
            make_pin(board)
    outbox.drain()
    order = ids(read(first=12))
    first = read(first=5)
    assert ids(first) == order[:5]
    seen, cursor = ids(first), first["pageInfo"]["endCursor"]
    new = []
    while cursor:
        new.append(make_pin(boards[len(new) % 3]).pk)
        outbox.drain()
        page = read(first=5, after=cursor)
        seen += ids(page)
        assert page["newCount"] == len(new)
        cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert seen == order
    back = read(last=5, before=page["pageInfo"]["startCursor"])
    assert ids(back) == order[5:10]
    assert back["pageInfo"]["hasPreviousPage"] is True
    assert back["pageInfo"]["hasNextPage"] is True
    refreshed = read(first=20)
    assert refreshed["newCount"] == 0
    assert set(ids(refreshed)) == {*order, *new}


def test_a_walk_says_what_lies_before_and_after(ada, read, outbox, only_followed):
    board = followed_board(ada)
    pins = [make_pin(board).pk for _ in range(6)]
    outbox.drain()
    pages, flags = walk(read, 2)
    assert sorted(one for page in pages for one in page) == pins
    assert flags == [(False, True), (True, True), (True, False)]


@pytest.mark.parametrize("spare", [0, 10])
def test_a_page_is_full_whatever_is_gone_around_it(
    ada, read, outbox, only_followed, monkeypatch, spare
):
    monkeypatch.setattr(home, "_SPARE", spare)
    boards = [followed_board(ada) for _ in range(10)]
    for board in boards:
        make_pin(board)
    outbox.drain()
    whole = read(first=10)
    order = ids(whole)
    gone = order[1:7]
    Pin.objects.filter(pk__in=gone).update(hidden_at="2026-01-01T00:00:00Z")
    page = read(first=2, after=whole["pageInfo"]["startCursor"])
    assert ids(page) == order[7:9]
    assert page["pageInfo"]["hasNextPage"] is True
    assert page["pageInfo"]["hasPreviousPage"] is True


def test_a_scroll_is_over_after_a_while_and_after_eight_newer_ones(client, ada, read, outbox):
    board = followed_board(ada)
    for _ in range(3):
        make_pin(board)
    outbox.drain()
    cursor = read(first=1)["pageInfo"]["endCursor"]
    for _ in range(scrolls.AT_ONCE - 1):
        read(first=1)
    assert len(ids(read(first=1, after=cursor))) == 1
    read(first=1)
    answer = client(HOME, first=1, after=cursor)
    assert answer.codes == ["BAD_INPUT"]
    assert "Ask for the first page again" in answer.body["errors"][0]["message"]
    cursor = read(first=1)["pageInfo"]["endCursor"]
    get_redis_connection("default").flushdb()
    read(first=1)
    assert client(HOME, first=1, after=cursor).codes == ["BAD_INPUT"]


def test_scrolls_are_kept_for_an_hour_since_they_were_read(ada, read):
    make_pin()
    read(first=1)
    valkey = get_redis_connection("default")
    (name,) = [key for key in valkey.keys("scroll:*") if key[-1:] != b"}"]
    valkey.expire(name, 60)
    cursor = read(first=1)["pageInfo"]["endCursor"]
    read(first=1, after=cursor)
    assert max(valkey.ttl(key) for key in valkey.keys("scroll:*:*")) == scrolls.SECONDS


def test_who_comes_by_keeps_their_timeline_for_another_month(ada, read):
    client, name = get_redis_connection("default"), keys.timeline(ada.pk)
    timelines.rebuild(ada.pk)
    client.expire(name, 100)
    following_feed(ada.pk).pages([ada.pk], Window(first=5)).get()
    assert client.ttl(name) <= 100
    read()
    assert client.ttl(name) > 29 * 24 * 3600


def test_cursors_of_two_scrolls_and_of_others_are_refused(api, client, read):
    for _ in range(3):
        make_pin()
    popular.refresh()
    one, two = (read(first=1)["pageInfo"]["endCursor"] for _ in range(2))
    assert client(HOME, first=1, after=one, before=two).codes == ["BAD_INPUT"]
    stranger = api.as_(UserFactory())
    assert stranger(HOME, first=1, after=one).codes == ["BAD_INPUT"]


def test_pages_cost_two_statements_whatever_their_size(client, ada, outbox):
    boards = [followed_board(ada) for _ in range(2)]
    costs = []
    for size in (1, 9):
        for board in boards:
            for _ in range(size):
                make_pin(board)
        outbox.drain()
        popular.refresh()
        client(PAGE, first=2)  # what is known of the viewer is warm
        first = client(PAGE, first=2 * size)
        edges = first.data["viewer"]["homeFeed"]["edges"]
        assert len(edges) == 2 * size
        second = client(PAGE, first=2 * size, after=edges[0]["cursor"])
        costs.append((len(first.statements), len(second.statements)))
    assert costs == [(2, 2), (2, 2)]


def test_the_total_is_what_the_scroll_has(client, ada, outbox, only_followed):
    board = followed_board(ada)
    for _ in range(4):
        make_pin(board)
    outbox.drain()
    page = client(TOTAL).data["viewer"]["homeFeed"]
    assert page["totalCount"] == 4
    assert len(page["nodes"]) == 1


def test_without_valkey_it_is_newest_first_and_its_pages_fit(ada, read, outbox, monkeypatch):
    board = followed_board(ada)
    pins = [make_pin(board).pk for _ in range(5)]
    outbox.drain()

    def away(*_args, **_kwargs):
        raise ConnectionError

    monkeypatch.setattr(home.scrolls, "run", away)
    one = read(first=2)
    assert ids(one) == pins[:-3:-1]
    monkeypatch.undo()
    two = read(first=2, after=one["pageInfo"]["endCursor"])
    assert ids(two) == pins[2:0:-1]
    assert two["newCount"] == 0
