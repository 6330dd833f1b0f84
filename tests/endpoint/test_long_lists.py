"""A page costs what it shows, however long its list is, and however short most others are."""

import pytest
from django.db import connection

from apps.boards.models import Board, Section
from apps.feed.models import HiddenPin
from apps.follows.models import BoardFollow
from apps.pins.models import Pin
from apps.users.relations import Mute
from tests.effort import SIZE, effort
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.media import PictureFactory

# The parent, the list, and what is asked of each; by the person whose lists they are.
VIEWER, BOARD = "viewer", 'board(username: "star", slug: "long")'
PIN, PERSON, OF_BOARD = "id author { username }", "username", "id owner { username }"
LISTS = {
    "a board's pins": (BOARD, "pins", PIN),
    "a board's sections": (BOARD, "sections", "id"),
    "a topic's pins": ('topic(slug: "bread")', "pins", PIN),
    "a person's pins": (VIEWER, "pins", PIN),
    "a person's boards": (VIEWER, "boards", OF_BOARD),
    "a person's boards with pins on each": (
        VIEWER,
        "boards",
        f"pins(first: 5) {{ nodes {{ {PIN} }} }}",
    ),
    "a person's boards with sections": (VIEWER, "boards", "sections(last: 5) { nodes { id } }"),
    "followers": (VIEWER, "followers", PERSON),
    "following": (VIEWER, "following", PERSON),
    "followed boards": (VIEWER, "followedBoards", OF_BOARD),
    "muted people": (VIEWER, "mutedPeople", PERSON),
    "hidden pins": (VIEWER, "hiddenPins", "id"),
}


@pytest.fixture
def star(db):
    """Somebody with a thousand of everything, among a thousand who have one or two."""
    board = BoardFactory(owner__username="star", slug="long")
    star, picture = board.owner, PictureFactory()
    crowd, each = make_crowd(board, SIZE), range(SIZE)
    Pin.objects.bulk_create(
        Pin(owner=star, board=board, picture=picture, is_listed=True) for _ in each
    )
    Section.objects.bulk_create(Section(board=board, name="One", position=n) for n in each)
    Board.objects.bulk_create(
        Board(owner=star, name="One", slug=f"one-{n}", position=n) for n in each
    )
    BoardFollow.objects.bulk_create(
        [BoardFollow(follower=star, board_id=one.board, is_following=True) for one in crowd],
        update_conflicts=True,
        unique_fields=["follower", "board"],
        update_fields=["is_following"],
    )
    Mute.objects.bulk_create(Mute(muter=star, muted_id=one.person) for one in crowd)
    HiddenPin.objects.bulk_create(
        HiddenPin(person=star, pin_id=one.pin, line_id=one.pin, picture_id=picture.pk)
        for one in crowd
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return star


@pytest.fixture
def read(api, star):
    """The page of a list that some arguments ask for, and how many rows it went through."""
    client = api.as_(star)

    def read(asked, arguments):
        parent, name, fields = LISTS[asked]
        page = (
            f"{name}({arguments}) {{ nodes {{ {fields} }} pageInfo {{ startCursor endCursor }} }}"
        )
        found = []
        rows = effort(lambda: found.append(client(f"{{ of: {parent} {{ list: {page} }} }}")))
        return found[0].data["of"]["list"], rows

    return read


@pytest.mark.parametrize("size", [5, 25, 100])
def test_a_page_of_a_long_list_goes_through_what_it_shows(read, size):
    def require_in_proportion(asked, arguments):
        page, rows = read(asked, arguments)
        assert len(page["nodes"]) == size
        assert rows <= 40 * (size + 5), (asked, arguments)
        return page["pageInfo"]

    for asked in LISTS:
        page = require_in_proportion(asked, f"first: {size}")
        for _ in range(3):
            page = require_in_proportion(asked, f'first: {size}, after: "{page["endCursor"]}"')
        require_in_proportion(asked, f'last: {size}, before: "{page["startCursor"]}"')
        require_in_proportion(asked, f"last: {size}")
