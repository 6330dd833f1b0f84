"""The home feed through the API: why each entry is there, what is left out, and scrolls that hold still."""

import pytest
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError

from apps.boards.services import update_board
from apps.feed import scrolls
from apps.feed.ranking import ranking
from apps.feed.selectors import home, ranked
from apps.feed.services import hide_pin, see_fewer
from apps.feed.sources import SOURCES, popular
from apps.follows.services import follow_board, follow_person, follow_topic, unfollow_person
from apps.pins.models import Pin
from apps.pins.services import delete_pins
from apps.users.services import block_person, mute_person, suspend_person
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import TopicFactory, make_tag
from tests.factories.users import UserFactory

HOME = """
query($first: Int, $after: String, $last: Int, $before: String) {
  viewer {
    homeFeed(first: $first, after: $after, last: $last, before: $before) {
      newCount
      edges {
        node { id author { id } }
        reason { kind person { id } board { id } topic { id } }
        savedBy { id }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
TOTAL = "query($after: String) { viewer { homeFeed(first: 1, after: $after) { totalCount nodes { id } } } }"
PAGE = """
query($first: Int, $after: String) {
  viewer { homeFeed(first: $first, after: $after) { edges { cursor node { id } } } }
}
"""
REPORT = """
mutation($input: ReportFeedActivityInput!) {
  reportFeedActivity(input: $input) { accepted userErrors { code } }
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


def ids(page):
    return [int(edge["node"]["id"]) for edge in page["edges"]]


def followed_board(ada, **fields):
    board = BoardFactory(**fields)
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    return board


def reason(edge):
    """The kind of an edge's reason, and the id of what it names."""
    given = edge["reason"]
    named = [given[name]["id"] for name in ("person", "board", "topic") if given[name]]
    return given["kind"], *map(int, named)


def test_each_entry_says_why_it_is_there(ada, read, outbox):
    board, other, about = followed_board(ada), BoardFactory(), TopicFactory()
    follow_board(follower_id=ada.pk, board_id=other.pk)
    follow_topic(follower_id=ada.pk, topic_id=about.pk)
    by_person, by_board, by_topic, popular = (
        make_pin(board),
        make_pin(other),
        make_pin(),
        make_pin(),
    )
    outbox.drain()
    make_tag(by_topic, about)
    found = {int(edge["node"]["id"]): reason(edge) for edge in read()["edges"]}
    assert found == {
        by_person.pk: ("FOLLOWED_PERSON", board.owner_id),
        by_board.pk: ("FOLLOWED_BOARD", other.pk),
        by_topic.pk: ("FOLLOWED_TOPIC", about.pk),
        popular.pk: ("POPULAR",),
    }


def test_the_following_feed_says_why_too(client, ada, outbox):
    board = followed_board(ada)
    make_pin(board)
    outbox.drain()
    query = "{ viewer { followingFeed { newCount edges { savedBy { id } reason { kind person { id } } } } } }"
    (edge,) = client(query).data["viewer"]["followingFeed"]["edges"]
    assert edge["reason"] == {"kind": "FOLLOWED_PERSON", "person": {"id": str(board.owner_id)}}
    assert edge["savedBy"] == []


def test_who_follows_nobody_has_a_full_and_varied_page(read):
    boards = [BoardFactory() for _ in range(10)]
    for board in boards:
        for _ in range(3):
            make_pin(board)
    popular.refresh()
    page = read(first=25)
    authors = [edge["node"]["author"]["id"] for edge in page["edges"]]
    assert len(set(ids(page))) == 25
    assert {edge["reason"]["kind"] for edge in page["edges"]} == {"POPULAR"}
    assert all(len(set(authors[at : at + 3])) > 1 for at in range(23))
    assert len(set(authors)) >= 9  # of ten who have three each


def hide(ada, pin):
    hide_pin(person_id=ada.pk, pin_id=pin.pk)


def save(ada, pin):
    make_save(pin, BoardFactory(owner=ada))


def block(ada, pin):
    block_person(blocker_id=pin.owner_id, blocked_id=ada.pk)


def mute(ada, pin):
    mute_person(muter_id=ada.pk, muted_id=pin.owner_id)


def suspend(ada, pin):
    suspend_person(actor_id=ada.pk, user_id=pin.owner_id, reason="a test")


def make_secret(ada, pin):
    update_board(actor_id=pin.owner_id, board_id=pin.board_id, is_secret=True)


def delete(ada, pin):
    delete_pins(actor_id=pin.owner_id, pin_ids=[pin.pk])


@pytest.mark.parametrize("is_followed", [True, False], ids=["followed", "popular"])
@pytest.mark.parametrize("leave_out", [hide, save, block, mute, suspend, make_secret, delete])
def test_what_is_left_out_of_the_next_ranking(ada, read, outbox, leave_out, is_followed):
    pin, kept = make_pin(), make_pin()
    if is_followed:
        follow_person(follower_id=ada.pk, person_id=pin.owner_id)
    outbox.drain()
    assert sorted(ids(read())) == [pin.pk, kept.pk]
    leave_out(ada, pin)
    assert ids(read()) == [kept.pk]


def test_ones_own_pins_are_left_out(ada, read):
    make_pin(BoardFactory(owner=ada))
    assert ids(read()) == []


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


def test_copies_are_one_entry_that_says_who_has_it(ada, read, outbox):
    original, one, other, stranger = (BoardFactory() for _ in range(4))
    pin = make_pin(original)
    copies = {board.owner_id: make_save(pin, board) for board in (one, other, stranger)}
    for board in (one, other):
        follow_person(follower_id=ada.pk, person_id=board.owner_id)
    outbox.drain()
    (edge,) = read()["edges"]
    shown = int(edge["node"]["author"]["id"])
    assert shown in (one.owner_id, other.owner_id)
    assert copies[shown].pk == int(edge["node"]["id"])
    savers = {one.owner_id, other.owner_id} - {shown}
    assert {int(person["id"]) for person in edge["savedBy"]} == savers


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


def walk(read, size):
    """All pages to the end, and what each says of what lies before and after it."""
    found, flags, cursor = [], [], None
    while cursor is not False:
        page = read(first=size, after=cursor)
        found.append(ids(page))
        info = page["pageInfo"]
        flags.append((info["hasPreviousPage"], info["hasNextPage"]))
        cursor = info["endCursor"] if info["hasNextPage"] else False
    return found, flags


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
    (name,) = [key for key in valkey.keys("pinboard:scroll:*") if key[-1:] != b"}"]
    valkey.expire(name, 60)
    cursor = read(first=1)["pageInfo"]["endCursor"]
    read(first=1, after=cursor)
    assert max(valkey.ttl(key) for key in valkey.keys("pinboard:scroll:*:*")) == scrolls.SECONDS


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


def report(client, pins):
    answer = client(REPORT, input={"impressions": [str(pin) for pin in pins], "opens": []})
    assert answer.data["reportFeedActivity"]["accepted"] == len(pins)


def test_what_was_seen_comes_last_where_little_else_is(client, ada, read, outbox, only_followed):
    board = followed_board(ada)
    for _ in range(4):
        make_pin(board)
    outbox.drain()
    order = ids(read())
    report(client, order[:2])
    assert ids(read()) == order[2:] + order[:2]


def test_what_was_seen_is_left_out_where_there_is_enough(
    client, ada, read, outbox, only_followed, monkeypatch
):
    monkeypatch.setattr(ranking, "ENOUGH", 2)
    board = followed_board(ada)
    for _ in range(4):
        make_pin(board)
    outbox.drain()
    whole = read()
    order = ids(whole)
    report(client, order[:2])
    assert ids(read()) == order[2:]
    # The scroll that it was seen in stays as it is.
    assert ids(read(last=3, before=whole["pageInfo"]["endCursor"])) == order[:3]


def test_what_one_wants_fewer_of_comes_later(ada, read, outbox, only_followed):
    boards = [followed_board(ada) for _ in range(3)]
    pins = [make_pin(board).pk for board in boards]
    outbox.drain()
    assert ids(read()) == pins[::-1]
    see_fewer(person_id=ada.pk, subject_id=boards[2].owner_id)
    assert ids(read()) == [pins[1], pins[0], pins[2]]


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
