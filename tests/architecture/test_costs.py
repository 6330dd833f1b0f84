"""The price of every field of the API: statements, the same for few objects and for many."""

import itertools

from graphql import get_named_type, is_composite_type

from apps.feed.services import hide_pin, see_fewer
from apps.feed.sources import popular
from apps.follows.services import follow_board, follow_person, follow_topic
from apps.users.services import block_person, mute_person, request_data_export
from config.schema import schema
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import TopicFactory, make_tag
from tests.factories.users import UserFactory

TYPES = schema.graphql_schema.type_map
NODES = ("User", "Board", "Section", "Pin", "Picture", "Topic")
# Only of the viewer's own, so there is one of each at a level.
OWN = {
    "User.account",
    "User.blockedPeople",
    "User.followedTopics",
    "User.followingFeed",
    "User.hiddenPins",
    "User.homeFeed",
    "User.mutedPeople",
    "User.seeingFewer",
}
ARGUMENTS = {"Picture.image": "(size: W236)"}
PAGE = """{ edges { cursor node { id } } totalCount
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"""

# Statements on top of those for the person who asks and for the objects; none where none is named.
PRICES = {
    "Board.cover": 2,
    "Board.isFollowedByViewer": 1,
    "Board.owner": 1,
    "Board.pinCount": 2,
    "Board.pins": 2,
    "Board.sections": 2,
    "Board.viewerSeesFewer": 1,
    "Pin.author": 1,
    "Pin.board": 1,
    "Pin.isSavedByViewer": 1,
    "Pin.picture": 1,
    "Pin.root": 1,
    "Pin.saveCount": 1,
    "Pin.savedFrom": 1,
    "Pin.saves": 2,
    "Pin.section": 1,
    "Pin.topics": 1,
    "Pin.viewerHasHidden": 1,
    "Section.board": 1,
    "Section.pinCount": 3,
    "Section.pins": 2,
    "Topic.children": 1,
    "Topic.followerCount": 1,
    "Topic.isFollowedByViewer": 1,
    "Topic.parent": 1,
    "Topic.pins": 3,
    "Topic.viewerSeesFewer": 1,
    "User.account": 1,
    "User.avatar": 1,
    "User.blockedPeople": 2,
    "User.boards": 2,
    "User.followedBoards": 2,
    "User.followedTopics": 2,
    "User.followerCount": 1,
    "User.followers": 3,
    "User.following": 3,
    "User.followingCount": 1,
    "User.followingFeed": 1,
    "User.hiddenPins": 2,
    "User.homeFeed": 2,
    "User.isFollowedByViewer": 1,
    "User.isFollowingViewer": 1,
    "User.isMutual": 2,
    "User.mutedPeople": 2,
    "User.pinCount": 2,
    "User.pins": 2,
    "User.seeingFewer": 4,
    "User.viewerHasBlocked": 1,
    "User.viewerHasMuted": 1,
    "User.viewerSeesFewer": 1,
}

# Each beginning of a query, the person who asks included.
ROOTS = {
    "rateLimit": ("{ rateLimit { left } }", 1),
    "viewer": ("{ viewer { id } }", 1),
    "user": ('{ user(username: "ada") { id } }', 3),
    "board": ('{ board(username: "ada", slug: "bread") { id } }', 4),
    "topics": ("{ topics { id } }", 2),
    "topic": ('{ topic(slug: "bread") { id } }', 3),
    "node": ('{ node(id: "%s") { id } }', 2),
    "nodes": ('{ nodes(ids: ["%s"]) { id } }', 2),
}


class World:
    """`size` objects of each kind, each with `size` of what belongs to it, seen by `viewer`."""

    def __init__(self, size):
        self.viewer = UserFactory()
        people = [UserFactory() for _ in range(size)]
        for one, other in itertools.permutations([self.viewer, *people], 2):
            follow_person(follower_id=one.pk, person_id=other.pk)
        boards = [[BoardFactory(owner=person) for _ in range(size)] for person in people]
        for board in itertools.chain(*boards):
            follow_board(follower_id=self.viewer.pk, board_id=board.pk)
        firsts = [some[0] for some in boards]
        sections = [[SectionFactory(board=board) for _ in range(size)] for board in firsts]
        pins = [
            make_pin(section.board, section_id=section.pk)
            for section, *_ in sections
            for _ in range(size)
        ]
        saves = [make_save(pin, boards[0][1]) for pin in pins[size:]]
        for some in boards[1:]:
            make_save(pins[0], some[1])
        for person in people:
            mute_person(muter_id=self.viewer.pk, muted_id=person.pk)
            block_person(blocker_id=self.viewer.pk, blocked_id=UserFactory().pk)
        parents = [TopicFactory() for _ in range(size)]
        topics = [TopicFactory(parent=parent) for parent in parents]
        for topic in topics:
            follow_topic(follower_id=self.viewer.pk, topic_id=topic.pk)
            for pin in pins[:size]:
                make_tag(pin, topic)
            for _ in range(size):
                TopicFactory(parent=topic)
        for pin in pins[:size]:
            hide_pin(person_id=self.viewer.pk, pin_id=pin.pk)
        for subject in (*people, *firsts, *topics):
            see_fewer(person_id=self.viewer.pk, subject_id=subject.pk)
        make_pin()  # by somebody whom the viewer has nothing to do with: it is popular
        request_data_export(actor_id=self.viewer.pk)
        self.objects = {
            "User": people,
            "Board": firsts,
            "Section": [some[0] for some in sections],
            "Pin": pins[:size] + saves[:size],
            "Topic": topics,
            "Picture": [PictureFactory(owner=self.viewer) for _ in range(size)],
        }

    def document(self, name, field):
        """A query for one field of all objects of a type, and its variables."""
        what = f"{field.name}{ARGUMENTS.get(f'{name}.{field.name}', '')} {below(field)}"
        if f"{name}.{field.name}" in OWN:
            return f"{{ viewer {{ {what} }} }}", {}
        # Each twice, since from eight on ids go to Postgres in another form.
        ids = 2 * [str(one.pk) for one in self.objects[name]]
        query = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {name} {{ {what} }} }} }}"
        return query, {"ids": ids}


def below(field):
    """As much of what a field leads to as has it loaded."""
    of_type = get_named_type(field.type)
    if not is_composite_type(of_type):
        return ""
    if of_type.name.endswith("Connection"):
        return PAGE
    return f"{{ {'id' if 'id' in of_type.fields else next(iter(of_type.fields))} }}"


def prices(api, world):
    """What every field costs in a world, where it costs anything."""
    popular.refresh()
    client = api.as_(world.viewer)
    found = {}
    for name in NODES:
        base = None
        for field_name, field in TYPES[name].fields.items():
            field.name = field_name
            query, variables = world.document(name, field)
            client(query, **variables)  # timelines are built when first read
            answer = client(query, **variables)
            assert answer.data
            if field_name == "id":
                base = len(answer.statements)
            found[f"{name}.{field_name}"] = len(answer.statements)
        for field_name in TYPES[name].fields:
            found[f"{name}.{field_name}"] -= base
    return {field: price for field, price in found.items() if price}


def test_every_field_has_its_price_whatever_the_number_of_objects(db, api):
    assert prices(api, World(2)) == PRICES
    assert prices(api, World(5)) == PRICES


def test_every_beginning_of_a_query_has_its_price(db, api):
    ada = UserFactory(username="ada")
    board = BoardFactory(owner=ada, slug="bread")
    found = {}
    for name, (query, _price) in ROOTS.items():
        answer = api.as_(ada)(query.replace("%s", str(board.pk)))
        assert None not in answer.data.values()
        found[name] = len(answer.statements)
    assert found == {name: price for name, (_query, price) in ROOTS.items()}
    assert set(found) == set(TYPES["Query"].fields)
