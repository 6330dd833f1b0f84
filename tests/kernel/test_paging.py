"""Keyset pages against a plain list, whatever the order, the sizes and what happens in between."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.boards.models import Board
from pinboard.errors import BadInput
from pinboard.paging import DEFAULT_SIZE, MAX_SIZE, Listing, Order, Window
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

SLOW_SET_UP = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ORDERS = st.sampled_from(
    [
        ("id",),
        ("-id",),
        ("position", "id"),
        ("-position", "id"),
        ("position", "-id"),
        ("name", "-position", "id"),
    ]
)
# Few values, so that many rows are equal but for their ids.
BOARDS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab")), max_size=12)


def _listing(columns):
    return Listing(
        lambda owner: Board.objects.filter(owner_id=owner, deleted_at=None),
        Order("kernel.boards", columns),
    )


def _fill(owner, boards):
    Board.objects.filter(owner=owner).delete()
    Board.objects.bulk_create(
        Board(owner=owner, name=name, slug="x", position=position) for position, name in boards
    )


def _sorted(owner, columns):
    """The oracle: all rows in memory, sorted by the last column first."""
    found = list(Board.objects.filter(owner=owner, deleted_at=None))
    for column in reversed(columns):
        found.sort(key=lambda one: getattr(one, column.lstrip("-")), reverse=column.startswith("-"))
    return [one.pk for one in found]


def _ids(page):
    return [row.id for row in page.rows]


@pytest.fixture
def owner(db):
    return UserFactory()


@SLOW_SET_UP
@given(BOARDS, ORDERS, st.integers(1, 5), st.booleans())
def test_a_walk_is_the_list(owner, boards, columns, size, forward):
    _fill(owner, boards)
    expected = _sorted(owner, columns)
    seen, cursor = [], None
    while True:
        window = Window(first=size, after=cursor) if forward else Window(last=size, before=cursor)
        (page,) = _listing(columns).pages([owner.pk], window).get()
        seen = seen + _ids(page) if forward else _ids(page) + seen
        more, earlier = (
            (page.has_next, page.has_previous) if forward else (page.has_previous, page.has_next)
        )
        assert earlier is (cursor is not None)
        assert more is (len(seen) < len(expected))
        if not more:
            break
        cursor = page.rows[-1 if forward else 0].key
    assert seen == expected


@SLOW_SET_UP
@given(BOARDS, ORDERS, st.data())
def test_any_window_is_a_slice_and_its_flags_are_true(owner, boards, columns, data):
    _fill(owner, boards)
    expected = _sorted(owner, columns)
    (whole,) = _listing(columns).pages([owner.pk], Window(first=MAX_SIZE)).get()
    assert _ids(whole) == expected
    bound = st.none() | st.sampled_from(range(len(expected))) if expected else st.none()
    after, before = data.draw(bound), data.draw(bound)
    size, forward = data.draw(st.integers(0, 14)), data.draw(st.booleans())
    window = Window(
        **{"first" if forward else "last": size},
        after=None if after is None else whole.rows[after].key,
        before=None if before is None else whole.rows[before].key,
    )
    (page,) = _listing(columns).pages([owner.pk], window).get()
    start = 0 if after is None else after + 1
    end = max(len(expected) if before is None else before, start)
    between = list(range(start, end))
    kept = between[:size] if forward else between[len(between) - min(size, len(between)) :]
    assert _ids(page) == [expected[n] for n in kept]
    cut = len(kept) < len(between)
    assert page.has_next is ((cut and forward) or before is not None)
    assert page.has_previous is ((cut and not forward) or after is not None)


@SLOW_SET_UP
@given(BOARDS, ORDERS, st.integers(1, 3), st.data())
def test_a_walk_under_change_misses_and_repeats_nothing(owner, boards, columns, size, data):
    _fill(owner, boards)
    there_all_along = set(_sorted(owner, columns))
    seen, cursor = [], None
    while True:
        (page,) = _listing(columns).pages([owner.pk], Window(first=size, after=cursor)).get()
        seen += _ids(page)
        if not page.has_next:
            break
        cursor = page.rows[-1].key
        for position, name in data.draw(BOARDS.filter(lambda new: len(new) < 3)):
            Board.objects.create(owner=owner, name=name, slug="x", position=position)
        living = list(Board.objects.filter(owner=owner).values_list("pk", flat=True))
        gone = data.draw(st.sets(st.sampled_from(living), max_size=2)) if living else set()
        Board.objects.filter(pk__in=gone).delete()
        there_all_along -= gone
        if len(seen) > 60:  # more came than a walk can catch up with
            return
    assert len(seen) == len(set(seen))
    assert there_all_along <= set(seen)


def test_many_parents_cost_one_statement(owner, django_assert_num_queries):
    others = UserFactory.create_batch(3)
    for number, person in enumerate([owner, *others]):
        BoardFactory.create_batch(number, owner=person)
    parents = [others[2].pk, owner.pk, others[0].pk, 0, others[0].pk]
    listing = _listing(("-id",))
    with django_assert_num_queries(1):
        pages = listing.pages(parents, Window(first=2)).get()
    assert [len(page.rows) for page in pages] == [2, 0, 1, 0, 1]
    assert [page.has_next for page in pages] == [True, False, False, False, False]
    with django_assert_num_queries(1):
        assert listing.counts(parents).get() == [3, 0, 1, 0, 1]
    assert list(listing.pages([], Window()).get()) == []
    assert listing.counts([]).get() == []


def test_a_page_beyond_the_end_is_empty_and_knows_what_lies_before(owner):
    board = BoardFactory(owner=owner)
    (page,) = _listing(("id",)).pages([owner.pk], Window(after=(board.pk,))).get()
    assert (page.rows, page.has_next, page.has_previous) == ([], False, True)


def test_a_list_that_can_hold_nothing_has_an_empty_page(owner):
    BoardFactory(owner=owner)
    for nothing in (Q(pk__in=[]), Q(position__gt=2**40)):
        listing = Listing(
            lambda parent, nothing=nothing: Board.objects.filter(nothing, owner_id=parent),
            Order("kernel.nothing", ("id",)),
        )
        (page,) = listing.pages([owner.pk], Window(after=(1,), before=(2,))).get()
        assert (page.rows, page.has_next, page.has_previous) == ([], False, False)
        assert listing.counts([owner.pk]).get() == [0]


def test_a_percent_sign_in_the_query_is_itself(owner):
    BoardFactory(owner=owner, name="100% wool")
    BoardFactory(owner=owner, name="100 wool")
    listing = Listing(
        lambda parent: Board.objects.filter(owner_id=parent, name__contains="0%"),
        Order("kernel.percent", ("name", "id")),
    )
    (page,) = listing.pages([owner.pk], Window()).get()
    assert [row.key[0] for row in page.rows] == ["100% wool"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": -1},
        {"last": -1},
        {"first": MAX_SIZE + 1},
        {"last": MAX_SIZE + 1},
        {"first": 1, "last": 1},
    ],
)
def test_sizes_have_limits(arguments):
    with pytest.raises(BadInput):
        Window(**arguments)


def test_a_window_has_a_size_when_none_is_asked_for():
    assert (Window().size, Window().backwards) == (DEFAULT_SIZE, False)
    assert (Window(before=(1,)).size, Window(before=(1,)).backwards) == (DEFAULT_SIZE, True)


@pytest.mark.parametrize("size", [{"first": 0}, {"last": 0}])
@pytest.mark.parametrize("count", [0, 3])
def test_a_page_of_nothing_reads_a_row_at_most(owner, size, count):
    _fill(owner, [(0, "a")] * count)
    with CaptureQueriesContext(connection) as captured:
        (page,) = _listing(("id",)).pages([owner.pk], Window(**size)).get()
    assert _ids(page) == []
    assert (page.has_next or page.has_previous) is (count > 0)
    (statement,) = captured.captured_queries
    assert "LIMIT 1)" in statement["sql"]
