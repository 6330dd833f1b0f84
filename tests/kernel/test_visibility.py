"""The guard against an oracle in Python, and loaders that ask it."""

from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.boards.models import Board, Section
from apps.pins.models import Pin
from apps.users.models import Block
from apps.users.visibility import blocked_either_way
from pinboard.records import Loader
from pinboard.visibility import Guard
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


class Plain(NamedTuple):
    id: int
    name: str


@pytest.fixture
def boards(db):
    """Every combination of owner, secrecy and deletion; one of the owners has blocked the other."""
    people = UserFactory.create_batch(2)
    Block.objects.create(blocker=people[0], blocked=people[1])
    return [
        BoardFactory(
            owner=owner, is_secret=secret, deleted_at="2026-01-01T00:00Z" if deleted else None
        )
        for owner in people
        for secret in (False, True)
        for deleted in (False, True)
    ]


LIVING = {"deleted_at": None}
GUARDS = st.builds(
    Guard,
    owner=st.just("owner_id"),
    open=st.sampled_from([{}, {"is_secret": False}]),
    always=st.sampled_from([{}, LIVING]),
    barred=st.sampled_from([None, blocked_either_way]),
)


def _sees(guard, board, viewer):
    living = not guard.always or board.deleted_at is None
    is_near = not guard.barred or viewer in (None, board.owner_id)
    return (
        living and is_near and (board.owner_id == viewer or not guard.open or not board.is_secret)
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(GUARDS, st.sampled_from([None, 0, 1]))
def test_a_guard_shows_what_it_says(boards, guard, number):
    viewer = None if number is None else boards[number * 4].owner_id
    expected = {one.pk for one in boards if _sees(guard, one, viewer)}
    assert set(Board.objects.filter(guard.q(viewer)).values_list("pk", flat=True)) == expected
    loader = Loader(Plain, lambda seen_by: Board.objects.filter(guard.q(seen_by)))
    loaded = loader.load(viewer, [one.pk for one in boards]).get()
    assert {one.id for one in loaded if one is not None} == expected


def test_a_guard_goes_through_a_relation():
    section = SectionFactory(board=BoardFactory(is_secret=True))
    owner, other = section.board.owner_id, UserFactory().pk
    guard = Board.guard.through("board")
    for viewer, sees in ((owner, True), (other, False), (None, False)):
        assert Section.objects.filter(guard.q(viewer)).exists() is sees
    empty = Board.guard.through("board", always={"name": "nothing"})
    assert not Section.objects.filter(empty.q(owner)).exists()


def test_a_loader_keeps_order_and_asks_once(django_assert_num_queries):
    first, secret, last = BoardFactory(), BoardFactory(is_secret=True), BoardFactory()
    loader = Loader(Plain, lambda viewer: Board.objects.filter(Board.guard.q(viewer)))
    wanted = [last.pk, None, secret.pk, 1, first.pk, last.pk]
    with django_assert_num_queries(1):
        loaded = loader.load(None, wanted).get()
    assert [one and one.id for one in loaded] == [last.pk, None, None, None, first.pk, last.pk]
    with django_assert_num_queries(0):
        assert loader.load(None, [None]).get() == [None]
    assert loader.load(secret.owner_id, [secret.pk]).get() == [Plain(secret.pk, secret.name)]


def test_a_record_begins_with_its_id():
    class Headless(NamedTuple):
        name: str

    with pytest.raises(TypeError, match="the first field of a record is `id`"):
        Loader(Headless, lambda viewer: Board.objects.all())


def test_what_is_asked_of_the_owner_is_asked_on_the_shortest_path():
    assert set(Pin.guard.open) == {
        *("owner__is_active", "owner__deletion_requested_at__isnull"),
        *("board__is_secret", "hidden_at__isnull", "picture__state"),
    }
    assert set(Section.guard.open) == {
        *("board__owner__is_active", "board__owner__deletion_requested_at__isnull"),
        "board__is_secret",
    }
    assert Section.guard.owner == "board__owner_id"
