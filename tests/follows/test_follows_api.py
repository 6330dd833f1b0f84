"""Follows through the API."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.boards.services import update_board
from apps.follows.events import BoardUnfollowed, PersonFollowed
from apps.follows.models import PersonFollow
from apps.follows.selectors import (
    FOLLOWERS,
    Followers,
    follower_bounds,
    followers_between,
)
from apps.follows.services import (
    follow_board,
    follow_person,
    unfollow_board,
    unfollow_person,
)
from pinboard.counters.counts import totals
from pinboard.ids.layout import MAX_ID
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory

PERSON = """
query($id: ID!) {
  node(id: $id) {
    ... on User {
      followerCount followingCount isFollowedByViewer isFollowingViewer isMutual
      followers { totalCount nodes { username } }
      following { nodes { username } }
      followedBoards { nodes { name } }
    }
  }
}
"""
BOARD = "query($id: ID!) { node(id: $id) { ... on Board { isFollowedByViewer } } }"


def mutation(name, kind):
    return (
        f"mutation($input: {name[0].upper()}{name[1:]}Input!) "
        f"{{ {name}(input: $input) {{ {kind} {{ id }} userErrors {{ field code }} }} }}"
    )


FOLLOW, UNFOLLOW = mutation("followUser", "user"), mutation("unfollowUser", "user")
FOLLOW_BOARD, UNFOLLOW_BOARD = mutation("followBoard", "board"), mutation("unfollowBoard", "board")


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def test_who_follows_hears_of_both(api, ada, eve):
    counts = (
        "viewer { followingCount } user { followerCount isFollowedByViewer } userErrors { code }"
    )
    for name, count in (("followUser", 1), ("unfollowUser", 0)):
        query = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {counts} }} }}"
        assert api.as_(ada)(query, input={"userId": str(eve.pk)}).data[name] == {
            "viewer": {"followingCount": count},
            "user": {"followerCount": count, "isFollowedByViewer": bool(count)},
            "userErrors": [],
        }


def test_follow_and_unfollow_are_idempotent(api, ada, eve, outbox):
    client, me = api.as_(ada), {"userId": str(eve.pk)}
    for _ in range(2):
        assert client(FOLLOW, input=me).data["followUser"]["user"] == {"id": str(eve.pk)}
    assert outbox.published(PersonFollowed) == [PersonFollowed(ada.pk, eve.pk)]
    person = client(PERSON, id=str(eve.pk)).data["node"]
    assert person == {
        "followerCount": 1,
        "followingCount": 0,
        "isFollowedByViewer": True,
        "isFollowingViewer": False,
        "isMutual": False,
        "followers": {"totalCount": 1, "nodes": [{"username": "ada"}]},
        "following": {"nodes": []},
        "followedBoards": {"nodes": []},
    }
    api.as_(eve)(FOLLOW, input={"userId": str(ada.pk)})
    assert client(PERSON, id=str(eve.pk)).data["node"]["isMutual"] is True
    for _ in range(2):
        client(UNFOLLOW, input=me)
    assert client(PERSON, id=str(eve.pk)).data["node"]["followerCount"] == 0
    assert client(PERSON, id=str(eve.pk)).data["node"]["isMutual"] is False


def test_no_self_follow(api, ada):
    answer = api.as_(ada)(FOLLOW, input={"userId": str(ada.pk)}).data["followUser"]
    assert answer["userErrors"] == [{"field": ["userId"], "code": "SELF_REFERENCE"}]
    board = BoardFactory(owner=ada)
    answer = api.as_(ada)(FOLLOW_BOARD, input={"boardId": str(board.pk)}).data["followBoard"]
    assert answer["userErrors"] == [{"field": ["boardId"], "code": "SELF_REFERENCE"}]


def test_what_is_not_to_be_seen_can_not_be_followed(api, ada, eve):
    board = BoardFactory(owner=eve, is_secret=True)
    assert api.as_(ada)(FOLLOW_BOARD, input={"boardId": str(board.pk)}).codes == ["NOT_FOUND"]
    gone = UserFactory(is_active=False)
    assert api.as_(ada)(FOLLOW, input={"userId": str(gone.pk)}).codes == ["NOT_FOUND"]
    assert api.as_(ada)(FOLLOW, input={"userId": str(board.pk)}).codes == ["NOT_FOUND"]
    assert not PersonFollow.objects.exists()


def test_single_boards_of_a_followed_person(api, ada, eve, outbox):
    kept, left = BoardFactory(owner=eve), BoardFactory(owner=eve)
    client = api.as_(ada)
    client(FOLLOW, input={"userId": str(eve.pk)})

    def followed():
        return [
            client(BOARD, id=str(b.pk)).data["node"]["isFollowedByViewer"] for b in (kept, left)
        ]

    assert followed() == [True, True]
    for _ in range(2):
        client(UNFOLLOW_BOARD, input={"boardId": str(left.pk)})
    assert followed() == [True, False]
    assert outbox.published(BoardUnfollowed) == [BoardUnfollowed(ada.pk, left.pk)]
    client(FOLLOW, input={"userId": str(eve.pk)})
    assert followed() == [True, True]
    client(UNFOLLOW, input={"userId": str(eve.pk)})
    assert followed() == [False, False]
    client(FOLLOW_BOARD, input={"boardId": str(left.pk)})
    assert followed() == [False, True]
    client(UNFOLLOW_BOARD, input={"boardId": str(left.pk)})
    assert followed() == [False, False]


def test_suspended_people_are_in_no_list(api, ada, eve):
    follow_person(follower_id=eve.pk, person_id=ada.pk)
    eve.is_active = False
    eve.save()
    followers = api(PERSON, id=str(ada.pk)).data["node"]["followers"]
    assert followers == {"totalCount": 0, "nodes": []}


def test_secret_boards_are_in_no_list(api, ada, eve):
    board = BoardFactory(owner=eve)
    follow_board(follower_id=ada.pk, board_id=board.pk)
    assert len(api(PERSON, id=str(ada.pk)).data["node"]["followedBoards"]["nodes"]) == 1
    update_board(actor_id=eve.pk, board_id=board.pk, is_secret=True)
    assert api(PERSON, id=str(ada.pk)).data["node"]["followedBoards"]["nodes"] == []
    assert api.as_(ada)(BOARD, id=str(board.pk)).data["node"] is None


def test_followers_of_a_board_in_ranges(ada):
    board, other = BoardFactory(owner=ada), BoardFactory(owner=ada)
    people = [UserFactory() for _ in range(5)]
    for person in people[:4]:
        follow_person(follower_id=person.pk, person_id=ada.pk)
    unfollow_board(follower_id=people[1].pk, board_id=board.pk)
    follow_board(follower_id=people[4].pk, board_id=board.pk)
    follow_board(follower_id=people[0].pk, board_id=board.pk)
    found = [people[0].pk, people[2].pk, people[3].pk, people[4].pk]
    everyone = [person.pk for person in people]
    assert _between(100, Followers(ada.pk, board.pk, 0, MAX_ID)) == [(found, MAX_ID)]
    assert _between(9, Followers(ada.pk, board.pk, found[0], found[2])) == [(found[1:3], found[2])]
    assert _between(100, Followers(ada.pk, other.pk, 0, MAX_ID)) == [(everyone[:4], MAX_ID)]
    assert follower_bounds(ada.pk, 2) == [everyone[1], everyone[3]]
    apart = [
        Followers(ada.pk, other.pk, found[0], MAX_ID),
        Followers(ada.pk, board.pk, 0, found[0]),
        Followers(everyone[0], board.pk, found[3], MAX_ID),
    ]
    assert _between(2, *apart) == [
        (everyone[1:3], everyone[2]),
        ([everyone[0]], everyone[0]),
        ([], MAX_ID),
    ]
    assert _between(2) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_followers_are_read_to_the_end_whatever_the_limit(ada, limit):
    """Who was left out of a board, or chose it alone, may be more than those of its owner."""
    board = BoardFactory(owner=ada)
    people = [UserFactory() for _ in range(9)]
    for person in people[1:6]:
        follow_person(follower_id=person.pk, person_id=ada.pk)
    for person in (*people[:3], *people[7:]):
        follow_board(follower_id=person.pk, board_id=board.pk)
    for person in people[3:5]:
        unfollow_board(follower_id=person.pk, board_id=board.pk)
    found, after = [], 0
    while after < MAX_ID:
        ((some, after),) = _between(limit, Followers(ada.pk, board.pk, after, MAX_ID))
        found += some
    assert found == [people[number].pk for number in (0, 1, 2, 5, 7, 8)]


def _between(limit, *ranges):
    return [tuple(one) for one in followers_between(ranges, limit)]


def test_a_page_costs_the_same_whatever_its_size(api, ada):
    query = PERSON.replace("username", "username followerCount isMutual isFollowedByViewer")

    def cost():
        return len(api.as_(ada)(query, id=str(ada.pk)).statements)

    def grow():
        follow_person(follower_id=UserFactory().pk, person_id=ada.pk)
        follow_person(follower_id=ada.pk, person_id=UserFactory().pk)
        follow_board(follower_id=ada.pk, board_id=BoardFactory().pk)

    grow()
    few = cost()
    for _ in range(5):
        grow()
    assert (few, cost()) == (23, 23)


@pytest.mark.django_db(transaction=True)
def test_counts_are_exact_when_many_follow_at_once():
    ada = UserFactory()
    people = [UserFactory().pk for _ in range(30)]

    def follow(person):
        try:
            follow_person(follower_id=person, person_id=ada.pk)
            if person % 3 == 0:
                unfollow_person(follower_id=person, person_id=ada.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(follow, people * 2))
    assert totals(FOLLOWERS, [ada.pk]).get() == [PersonFollow.objects.count()]
