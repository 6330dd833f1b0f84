"""Of two people of whom one has blocked the other, neither finds a trace of the other on any path."""

from dataclasses import dataclass
from typing import Any

import pytest
from graphql import TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, visit

from apps.follows.models import BoardFollow, PersonFollow
from apps.follows.services import follow_board, follow_person
from apps.users import visibility
from apps.users.models import Block, Mute, User
from apps.users.services import block_person, unblock_person
from config.schema import schema
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

LIST = "{ totalCount nodes { id } edges { node { id } } }"

# Each leads to something of the other person's: to them, their board, section, pin or save.
PATHS = {
    "user by id": "user(id: $user) { id }",
    "user by username": 'user(username: "EVE") { id }',
    "board by address": 'board(username: "eve", slug: "plans") { id owner { id } }',
    "node: user": """node(id: $user) { id ... on User {
        boards { nodes { id } } pins { nodes { id } } } }""",
    "node: board": """node(id: $board) { id ... on Board {
        owner { id } sections { nodes { id } } pins { nodes { id } } } }""",
    "node: section": """node(id: $section) { id ... on Section {
        board { id } pins { nodes { id } } } }""",
    "node: pin": "node(id: $pin) { id ... on Pin { author { id } board { id } section { id } } }",
    "nodes": "nodes(ids: [$user, $board, $section, $pin, $save]) { id }",
    "followers": f"node(id: $third) {{ ... on User {{ followers {LIST} }} }}",
    "following": f"node(id: $third) {{ ... on User {{ following {LIST} }} }}",
    "followed boards": f"node(id: $third) {{ ... on User {{ followedBoards {LIST} }} }}",
    "saves of a pin": f"node(id: $root) {{ ... on Pin {{ saves {LIST} }} }}",
    "saved from": "node(id: $resave) { ... on Pin { savedFrom { id } root { id } } }",
    "own follows": f"viewer {{ followers {LIST} following {LIST} followedBoards {LIST} }}",
    # Of the home feed no count: others' pins may be popular.
    "feeds": f"viewer {{ homeFeed {{ nodes {{ id }} }} followingFeed {LIST} }}",
}
OWN = {"own follows", "feeds"}
# Lists with tests of their own.
ELSEWHERE = {
    "User.blockedPeople",
    "User.mutedPeople",
    "User.hiddenPins",
    "User.seeingFewer",
}
VARIABLES = "$user: ID!, $board: ID!, $section: ID!, $pin: ID!, $save: ID!, $third: ID!, $root: ID!, $resave: ID!"
ABOUT = {"User", "Board", "Section", "Pin", "Node"}


@dataclass
class World:
    """Ada, and Eve, of whose things every path finds one; both know Bob."""

    ada: Any
    eve: Any
    ids: dict[str, int]

    def found(self, client, path):
        """Whichever of Eve's ids the answer names, and how many entries its lists say they have."""
        names = [name for name in self.ids if f"${name}" in PATHS[path]]
        declared = ", ".join(f"${name}: ID!" for name in names)
        query = f"query{f'({declared})' if declared else ''} {{ {PATHS[path]} }}"
        data = client(query, **{name: str(self.ids[name]) for name in names}).data
        hers = {str(self.ids[name]) for name in ("user", "board", "section", "pin", "save")}
        return {text for text in _leaves(data) if text in hers}, sum(_counts(data))

    def all_found(self, client, paths):
        """The same of each of these paths."""
        return {path: self.found(client, path) for path in paths}


def _leaves(value):
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def _counts(value):
    if isinstance(value, list):
        return [count for one in value for count in _counts(one)]
    if not isinstance(value, dict):
        return []
    return [value.get("totalCount") or 0, *(n for one in value.values() for n in _counts(one))]


def batched_by_three(items):
    """The items in groups of three."""
    return zip(items[::3], items[1::3], items[2::3], strict=True)


@pytest.fixture
def world(db, outbox):
    ada, eve, bob = (UserFactory(username=name) for name in ("ada", "eve", "bob"))
    section = SectionFactory(board=BoardFactory(owner=eve, slug="plans"))
    board = section.board
    root = make_pin(BoardFactory(owner=bob))
    pin = make_pin(board, section_id=section.pk)
    save = make_save(root, board)
    resave = make_save(pin, BoardFactory(owner=bob))
    for one, other in ((ada, eve), (eve, ada), (bob, eve), (eve, bob)):
        follow_person(follower_id=one.pk, person_id=other.pk)
    for one in (ada, bob):
        follow_board(follower_id=one.pk, board_id=board.pk)
    outbox.drain()
    ids = {
        "user": eve.pk,
        "board": board.pk,
        "section": section.pk,
        "pin": pin.pk,
        "save": save.pk,
        "third": bob.pk,
        "root": root.pk,
        "resave": resave.pk,
    }
    return World(ada, eve, ids)


def _block(world, blocker):
    one, other = (world.ada, world.eve) if blocker == "ada" else (world.eve, world.ada)
    block_person(blocker_id=one.pk, blocked_id=other.pk)


def _follow_all_the_same(world):
    """Follows that no service would make, so that it is visibility which hides what they lead to."""
    PersonFollow.objects.create(follower=world.ada, person=world.eve)
    PersonFollow.objects.create(follower=world.eve, person=world.ada)
    BoardFollow.objects.create(follower=world.ada, board_id=world.ids["board"], is_following=True)


@pytest.mark.parametrize("blocker", ["ada", "eve"])
def test_neither_finds_the_other(api, world, blocker):
    ada, others = api.as_(world.ada), [api.as_(UserFactory(username="mel")), api]
    assert [path for path in PATHS if not world.found(ada, path)[0]] == []
    before = [world.all_found(one, PATHS.keys() - OWN) for one in others]
    _block(world, blocker)
    _follow_all_the_same(world)
    assert world.all_found(ada, PATHS) == dict.fromkeys(PATHS, (set(), 0))
    assert [world.all_found(one, PATHS.keys() - OWN) for one in others] == before


def test_an_unblock_brings_all_back(api, world):
    ada = api.as_(world.ada)
    before = world.all_found(ada, PATHS.keys() - OWN)
    _block(world, "ada")
    unblock_person(blocker_id=world.ada.pk, blocked_id=world.eve.pk)
    assert world.all_found(ada, PATHS.keys() - OWN) == before


def test_however_many_have_blocked_or_muted_each_other(world, monkeypatch):
    monkeypatch.setattr(visibility, "_AT_ONCE", 2)
    ada, others = world.ada, UserFactory.create_batch(12)
    gone, quiet, everybody = set(), set(), set(User.objects.all())
    for made, received, silenced in batched_by_three(others):
        Block.objects.create(blocker=ada, blocked=made)
        Block.objects.create(blocker=received, blocked=ada)
        Mute.objects.create(muter=ada, muted=silenced)
        Block.objects.create(blocker=received, blocked=made)
        gone |= {made, received}
        quiet.add(silenced)
        assert set(User.objects.filter(User.guard.q(ada.pk))) == everybody - gone
        assert set(User.objects.filter(visibility.muted(ada.pk, "id"))) == quiet


def test_two_blocks_need_two_unblocks(api, world):
    # They block at the same time: neither sees the other to do it after.
    Block.objects.create(blocker=world.ada, blocked=world.eve)
    Block.objects.create(blocker=world.eve, blocked=world.ada)
    for blocker, blocked in ((world.ada, world.eve), (world.eve, world.ada)):
        assert world.found(api.as_(world.ada), "node: user") == (set(), 0)
        unblock_person(blocker_id=blocker.pk, blocked_id=blocked.pk)
    assert world.found(api.as_(world.ada), "node: user")[0]


class _Edges(Visitor):
    """`Type.field` for every field of a document."""

    def __init__(self, info):
        super().__init__()
        self.info, self.found = info, set()

    def enter_field(self, node, *_):
        self.found.add(f"{self.info.get_parent_type().name}.{node.name.value}")


def test_every_field_that_leads_to_somebodys_things_is_on_a_path():
    types = schema.graphql_schema.type_map
    leading = {
        f"{owner}.{name}"
        for owner in (*ABOUT, "Query")
        for name, field in types[owner].fields.items()
        if (of := get_named_type(field.type).name) in ABOUT
        or (
            of.endswith("Connection")
            and get_named_type(types[of].fields["nodes"].type).name in ABOUT
        )
    }
    edges = _Edges(info := TypeInfo(schema.graphql_schema))
    text = " ".join(f"p{n}: {path}" for n, path in enumerate(PATHS.values()))
    visit(parse(f"query({VARIABLES}) {{ {text} }}"), TypeInfoVisitor(info, edges))
    assert leading - edges.found == ELSEWHERE


ACTS = {
    "followUser": "userId",
    "unfollowUser": "userId",
    "muteUser": "userId",
    "unmuteUser": "userId",
    "blockUser": "userId",
    "unblockUser": "userId",
    "followBoard": "boardId",
    "unfollowBoard": "boardId",
    "savePin": "pinId",
}
GIVES = {"userId": "user", "boardId": "board", "pinId": "pin"}
# Their own block answers them: see the tests of the mutations.
CASES = [(act, "eve") for act in ACTS] + [
    (act, "ada") for act in ACTS if act not in ("blockUser", "unblockUser")
]


@pytest.mark.parametrize(("act", "blocker"), CASES)
def test_what_is_blocked_answers_as_what_never_was(api, world, act, blocker):
    argument, gives = ACTS[act], GIVES[ACTS[act]]
    query = (
        f"mutation($input: {act[0].upper()}{act[1:]}Input!) "
        f"{{ {act}(input: $input) {{ {gives} {{ id }} userErrors {{ code }} }} }}"
    )
    more = {"boardId": str(BoardFactory(owner=world.ada).pk)} if act == "savePin" else {}
    _block(world, blocker)
    blocked, never = [
        api.as_(world.ada)(query, input={argument: str(one), **more}).body
        for one in (world.ids[gives], world.ids[gives] + (1 << 40))
    ]
    for answer in (blocked, never):
        del answer["extensions"]["cost"]["left"]  # the one goes on where the other ended
    assert blocked == never
