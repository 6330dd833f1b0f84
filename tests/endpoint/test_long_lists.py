"""A page costs what it shows, however long its list is, and however short most others are."""

import pytest
from django.db import connection

from apps.pins.models import Pin
from tests.effort import SIZE, effort
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.media import PictureFactory

STAR = 'user(username: "star")'
LISTS = {
    "a board's pins": ('board(username: "star", slug: "long")', "pins", "id author { username }"),
    "a person's pins": (STAR, "pins", "id title"),
    "followers": (STAR, "followers", "username"),
    "following": (STAR, "following", "username"),
    "a topic's pins": ('topic(slug: "bread")', "pins", "id author { username }"),
}


@pytest.fixture
def board(db):
    """A board of somebody's with many pins, whom many follow and who follows them: they have two pins each."""
    made = BoardFactory(owner__username="star", slug="long")
    make_crowd(made, SIZE)
    picture = PictureFactory()
    Pin.objects.bulk_create(
        [
            Pin(owner_id=made.owner_id, board=made, picture=picture, is_listed=True)
            for _ in range(SIZE)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


@pytest.fixture
def read(api):
    """The page of a list that some arguments ask for, and how many rows it went through."""

    def read(asked, arguments):
        parent, name, fields = LISTS[asked]
        page = (
            f"{name}({arguments}) {{ nodes {{ {fields} }} pageInfo {{ startCursor endCursor }} }}"
        )
        found = []
        rows = effort(lambda: found.append(api(f"{{ of: {parent} {{ list: {page} }} }}")))
        return found[0].data["of"]["list"], rows

    return read


@pytest.mark.parametrize("asked", LISTS)
@pytest.mark.parametrize("size", [5, 10, 25, 50, 100])
@pytest.mark.usefixtures("board")
def test_a_page_of_a_long_list_goes_through_what_it_shows(read, asked, size):
    def require_in_proportion(arguments):
        page, rows = read(asked, arguments)
        assert len(page["nodes"]) == size
        assert rows <= 40 * (size + 5), arguments
        return page["pageInfo"]

    page = require_in_proportion(f"first: {size}")
    for _ in range(3):
        page = require_in_proportion(f'first: {size}, after: "{page["endCursor"]}"')
    require_in_proportion(f'last: {size}, before: "{page["startCursor"]}"')
    require_in_proportion(f"last: {size}")
