"""The home feed through the API: why each entry is there, and what is left out."""

import pytest

from apps.feed.ranking import ranking
from apps.feed.selectors import ranked
from apps.feed.services import see_fewer
from apps.feed.sources import SOURCES, popular
from apps.follows.services import follow_board, follow_person, follow_topic
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import TopicFactory, make_tag
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
    save,
    suspend,
)

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
