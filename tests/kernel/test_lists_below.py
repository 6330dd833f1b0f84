"""Pages of a list that come along with the records that it hangs on, against those that are read by themselves."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.boards.models import Board
from apps.boards.selectors import BOARDS, boards_of
from apps.pins.models import Pin
from apps.pins.selectors import pins_of_board
from pinboard.paging import Below, Listing, Order, Window, brought
from pinboard.related import NOTHING, Wanted
from pinboard.table import column
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

NEWEST, OLDEST = Order("kernel.newest", ("-id",)), Order("kernel.oldest", ("id",))
SIZES = st.integers(0, 7)
WINDOWS = st.builds(lambda end, size: {end: size}, st.sampled_from(["first", "last"]), SIZES)
# How many pins are on each board of each person.
WORLDS = st.lists(st.lists(st.integers(0, 3), max_size=7), min_size=1, max_size=3)
WANTED = st.sampled_from(
    [Wanted(), NOTHING, Wanted(frozenset(["title"]), {"author": NOTHING, "board": NOTHING})]
)


@pytest.fixture
def pin(db):
    """One whose row the others are copies of."""
    return Pin.objects.values("owner_id", "picture_id").get(pk=make_pin().pk)


def fill(world, pin):
    """People with boards with pins."""
    people = UserFactory.create_batch(len(world))
    for person, boards in zip(people, world, strict=True):
        for position, count in enumerate(boards):
            board = BoardFactory(owner=person, position=position)
            Pin.objects.bulk_create(Pin(board=board, title=f"{n}", **pin) for n in range(count))
    return [person.pk for person in people]


def told(pages):
    """All that there is to know of pages."""
    return [
        ([(row.id, row.key) for row in page.rows], page.has_next, page.has_previous)
        for page in pages
    ]


def records(pages):
    """All that there is to know of the records of pages."""
    return [[tuple(row.record) for row in page.rows] for page in pages]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    WORLDS,
    WINDOWS,
    WINDOWS,
    WANTED,
    st.sampled_from([(NEWEST, OLDEST), (OLDEST, NEWEST), (OLDEST, OLDEST)]),
    st.none() | st.tuples(st.sampled_from(["after", "before"]), st.integers(0, 20)),
)
def test_what_comes_along_is_what_is_read_alone(
    pin, django_assert_num_queries, world, above, below, wanted, orders, cursor
):
    people = fill(world, pin)
    ids = list(
        Board.objects.filter(owner_id__in=people).order_by("pk").values_list("pk", flat=True)
    )
    if cursor and ids:
        name, number = cursor
        above = {**above, name: (ids[number % len(ids)],)}
    boards = boards_of(None, order=orders[0], filters={})
    pins = pins_of_board(None, order=orders[1], filters={})
    window, its_window = Window(**above), Window(**below)
    plain = boards.pages(people, window).get()
    alone = pins.pages([row.id for page in plain for row in page.rows], its_window, wanted).get()
    with django_assert_num_queries(1):
        pages = boards.pages(people, window, NOTHING, Below(pins, its_window, wanted)).get()
    assert told(pages) == told(plain)
    came = brought(column(pages.rows.flat, "record"), its_window)
    assert told(came or []) == told(alone)
    assert records(came or []) == records(alone)


def test_lists_below_are_read_for_the_rows_of_a_page_and_one_more(pin):
    """A statement is made for one of a few sizes; the list below is read for no more than are wanted."""
    (owner,) = fill([[1] * 10], pin)
    below = Below(pins_of_board(None, order=NEWEST, filters={}), Window(first=1))
    later = boards_of(None, order=OLDEST, filters={}).pages([owner], Window(first=6), below=below)
    assert len(later.statement.params) == 3
    assert later.statement.params[-1] == 7


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param({}, {"window": Window(after=(1,))}, id="it begins at a cursor"),
        pytest.param({}, {"window": Window(last=1, before=(1,))}, id="it ends at a cursor"),
        pytest.param({}, {"filters": {"is_save": True}}, id="it is filtered"),
        pytest.param({"filters": {"name_contains": "a"}}, {}, id="what it hangs on is filtered"),
        pytest.param({}, {"viewer": 1}, id="somebody else looks at it"),
    ],
)
def test_not_every_list_comes_along(above, below):
    boards = boards_of(None, order=NEWEST, filters=above.get("filters", {}))
    pins = pins_of_board(below.get("viewer"), order=NEWEST, filters=below.get("filters", {}))
    assert boards_of(None, order=NEWEST, filters={}).may_bring(
        Below(pins_of_board(None, order=NEWEST, filters={}), Window())
    )
    assert not boards.may_bring(Below(pins, below.get("window", Window())))


def test_a_list_of_ids_brings_nothing_along():
    listing = Listing(
        lambda owner: BOARDS.rows(0).filter(owner_id=owner), NEWEST, name="kernel.ids"
    )
    pins = pins_of_board(None, order=NEWEST, filters={})
    assert not listing.may_bring(Below(pins._replace(values={}), Window()))
