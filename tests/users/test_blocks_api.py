"""Blocking and muting through the API."""

import pytest

from apps.boards.services import update_board
from apps.follows.events import BoardUnfollowed, PersonUnfollowed
from apps.follows.models import BoardFollow, PersonFollow
from apps.follows.selectors import FOLLOWERS, FOLLOWING
from apps.follows.services import follow_board, follow_person, unfollow_board
from apps.pins.models import Pin
from apps.users.events import PersonBlocked, PersonMuted, PersonUnblocked, PersonUnmuted
from apps.users.models import Block, Mute
from apps.users.services import block_person, mute_person, suspend_person
from pinboard.counters.counts import totals
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

LISTS = """
query($first: Int) { viewer {
  blockedPeople(first: $first) { totalCount nodes { username viewerHasBlocked } pageInfo { hasNextPage } }
  mutedPeople(first: $first) { totalCount nodes { username viewerHasMuted } pageInfo { hasNextPage } }
} }
"""
FLAGS = "query($id: ID!) { user(id: $id) { viewerHasBlocked viewerHasMuted } }"


def mutation(name):
    return (
        f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ "
        "user { username viewerHasBlocked viewerHasMuted } userErrors { field message code } } }"
    )


BLOCK, UNBLOCK = mutation("blockUser"), mutation("unblockUser")
MUTE, UNMUTE = mutation("muteUser"), mutation("unmuteUser")


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def of(person):
    return {"userId": str(person.pk)}


def names(listed):
    return [node["username"] for node in listed["nodes"]]


def test_block_and_unblock_are_idempotent(api, ada, eve, outbox):
    client = api.as_(ada)
    for _ in range(2):
        assert client(BLOCK, input=of(eve)).data["blockUser"] == {
            "user": {"username": "eve", "viewerHasBlocked": True, "viewerHasMuted": False},
            "userErrors": [],
        }
    assert outbox.published(PersonBlocked) == [PersonBlocked(ada.pk, eve.pk)]
    assert Block.objects.get().blocked_id == eve.pk
    for _ in range(2):
        assert client(UNBLOCK, input=of(eve)).data["unblockUser"] == {
            "user": {"username": "eve", "viewerHasBlocked": False, "viewerHasMuted": False},
            "userErrors": [],
        }
    assert outbox.published(PersonUnblocked) == [PersonUnblocked(ada.pk, eve.pk)]
    assert not Block.objects.exists()


def test_mute_and_unmute_are_idempotent(api, ada, eve, outbox):
    client = api.as_(ada)
    for _ in range(2):
        answer = client(MUTE, input=of(eve)).data["muteUser"]
        assert answer["user"]["viewerHasMuted"] is True
    assert outbox.published(PersonMuted) == [PersonMuted(ada.pk, eve.pk)]
    assert client(FLAGS, id=str(eve.pk)).data["user"] == {
        "viewerHasBlocked": False,
        "viewerHasMuted": True,
    }
    for one in (api, api.as_(eve)):
        assert one(FLAGS, id=str(eve.pk)).data["user"]["viewerHasMuted"] is False
    for _ in range(2):
        answer = client(UNMUTE, input=of(eve)).data["unmuteUser"]
        assert answer["user"]["viewerHasMuted"] is False
    assert outbox.published(PersonUnmuted) == [PersonUnmuted(ada.pk, eve.pk)]


def test_the_blocked_one_is_told_nothing(api, ada, eve):
    block_person(blocker_id=ada.pk, blocked_id=eve.pk)
    client = api.as_(eve)
    assert client(LISTS).data["viewer"]["blockedPeople"]["totalCount"] == 0
    assert client(UNBLOCK, input=of(ada)).data["unblockUser"] == {"user": None, "userErrors": []}
    assert Block.objects.exists()


@pytest.mark.parametrize(("name", "query"), [("blockUser", BLOCK), ("muteUser", MUTE)])
def test_nobody_does_it_with_themselves(api, ada, name, query):
    (error,) = api.as_(ada)(query, input=of(ada)).data[name]["userErrors"]
    assert (error["field"], error["code"]) == (["userId"], "SELF_REFERENCE")


@pytest.mark.parametrize(
    ("name", "query", "model"), [("blockUser", BLOCK, Block), ("muteUser", MUTE, Mute)]
)
def test_there_is_a_limit(api, ada, eve, settings, name, query, model):
    settings.MAX_BLOCKS_PER_PERSON = settings.MAX_MUTES_PER_PERSON = 1
    client = api.as_(ada)
    for _ in range(2):
        assert client(query, input=of(eve)).data[name]["userErrors"] == []
    (error,) = client(query, input=of(UserFactory())).data[name]["userErrors"]
    assert (error["field"], error["code"]) == (["userId"], "LIMIT_REACHED")
    assert model.objects.count() == 1


def test_who_is_not_logged_in_blocks_nobody(api, eve):
    for query in (BLOCK, UNBLOCK, MUTE, UNMUTE):
        assert api(query, input=of(eve)).codes == ["UNAUTHENTICATED"]


def test_the_lists_are_the_newest_first_and_of_whom_there_is(api, ada, eve):
    bob, mel = UserFactory(username="bob"), UserFactory(username="mel")
    for person in (eve, bob, mel):
        mute_person(muter_id=ada.pk, muted_id=person.pk)
    for person in (bob, eve):
        block_person(blocker_id=ada.pk, blocked_id=person.pk)
    lists = api.as_(ada)(LISTS).data["viewer"]
    assert names(lists["blockedPeople"]) == ["eve", "bob"]
    assert {node["viewerHasBlocked"] for node in lists["blockedPeople"]["nodes"]} == {True}
    # Of whom one sees no more, one finds nothing among the muted.
    assert names(lists["mutedPeople"]) == ["mel"]
    first = api.as_(ada)(LISTS, first=1).data["viewer"]["blockedPeople"]
    assert (names(first), first["totalCount"]) == (["eve"], 2)
    assert first["pageInfo"] == {"hasNextPage": True}
    suspend_person(actor_id=UserFactory(is_staff=True).pk, user_id=eve.pk, reason="spam")
    assert names(api.as_(ada)(LISTS).data["viewer"]["blockedPeople"]) == ["bob"]


@pytest.mark.parametrize("field", ["blockedPeople", "mutedPeople"])
def test_the_lists_are_private(api, ada, eve, field):
    query = f"query($id: ID!) {{ user(id: $id) {{ {field} {{ nodes {{ id }} }} }} }}"
    assert api.as_(eve)(query, id=str(ada.pk)).codes == ["FORBIDDEN"]
    assert api(query, id=str(ada.pk)).codes == ["FORBIDDEN"]


def test_of_the_blocked_the_list_shows_the_profile_alone(api, ada, eve):
    make_pin(BoardFactory(owner=eve))
    block_person(blocker_id=ada.pk, blocked_id=eve.pk)
    query = """{ viewer { blockedPeople { edges { node {
      username boards { nodes { id } } pins { nodes { id } }
    } } } } }"""
    (edge,) = api.as_(ada)(query).data["viewer"]["blockedPeople"]["edges"]
    nothing = {"nodes": []}
    assert edge["node"] == {"username": "eve", "boards": nothing, "pins": nothing}


def test_a_block_ends_all_follows_at_once(ada, eve, outbox):
    hers, theirs, left_out = (
        BoardFactory(owner=ada),
        BoardFactory(owner=eve),
        BoardFactory(owner=eve),
    )
    bob = UserFactory()
    follow_person(follower_id=ada.pk, person_id=eve.pk)
    follow_person(follower_id=eve.pk, person_id=ada.pk)
    follow_person(follower_id=ada.pk, person_id=bob.pk)
    follow_board(follower_id=ada.pk, board_id=theirs.pk)
    follow_board(follower_id=eve.pk, board_id=hers.pk)
    follow_board(follower_id=bob.pk, board_id=hers.pk)
    unfollow_board(follower_id=ada.pk, board_id=left_out.pk)
    outbox.drain()
    block_person(blocker_id=eve.pk, blocked_id=ada.pk)
    assert PersonFollow.objects.get().person_id == bob.pk
    assert BoardFollow.objects.get().follower_id == bob.pk
    people = [ada.pk, eve.pk, bob.pk]
    assert totals(FOLLOWERS, people).get() == [0, 0, 1]
    assert totals(FOLLOWING, people).get() == [1, 0, 0]
    assert set(outbox.published(PersonUnfollowed)) == {
        PersonUnfollowed(ada.pk, eve.pk),
        PersonUnfollowed(eve.pk, ada.pk),
    }
    ended = outbox.published(BoardUnfollowed)
    assert set(ended[1:]) == {
        BoardUnfollowed(ada.pk, theirs.pk),
        BoardUnfollowed(eve.pk, hers.pk),
    }


def test_what_was_saved_stays_with_whom_saved_it(api, ada, eve):
    save = make_save(make_pin(BoardFactory(owner=eve)), BoardFactory(owner=ada))
    block_person(blocker_id=eve.pk, blocked_id=ada.pk)
    query = "query($id: ID!) { node(id: $id) { ... on Pin { id savedFrom { id } saveCount } } }"
    assert api.as_(ada)(query, id=str(save.pk)).data["node"] == {
        "id": str(save.pk),
        "savedFrom": None,
        "saveCount": 1,
    }
    assert api.as_(eve)(query, id=str(save.pk)).data["node"] is None
    assert Pin.objects.filter(pk=save.pk).exists()


def test_what_a_block_costs(ada, eve, django_assert_num_queries):
    with django_assert_num_queries(15):
        block_person(blocker_id=ada.pk, blocked_id=eve.pk)
    with django_assert_num_queries(5):
        block_person(blocker_id=ada.pk, blocked_id=eve.pk)


def test_one_s_own_secrets_stay_one_s_own(api, ada, eve):
    board = BoardFactory(owner=ada)
    block_person(blocker_id=eve.pk, blocked_id=ada.pk)
    update_board(actor_id=ada.pk, board_id=board.pk, is_secret=True)
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert api.as_(ada)(query, id=str(board.pk)).data["node"] == {"id": str(board.pk)}
