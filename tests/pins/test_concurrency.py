"""Many people at once, with real threads and real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.boards.services import delete_section, update_board
from apps.pins import services
from apps.pins.counting import ALL, SAVES
from apps.pins.models import Pin
from apps.pins.services import create_pin, delete_pins, move_pins, save_pin
from pinboard.counters.counts import totals
from pinboard.errors import Invalid, NotFound
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.media import UploadFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory
from tests.pins.truth import assert_counts_are_true

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run all calls in threads of their own that start together; their results."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            connection.ensure_connection()
            barrier.wait(30)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result(60) for future in [threads.submit(run, call) for call in calls]]


def relist(**of):
    """What the handlers do, to the end."""
    while services.list_some(**of):
        pass


def test_a_hundred_people_save_one_pin_at_once():
    pin = make_pin()
    boards = [BoardFactory() for _ in range(100)]
    saved = at_once(
        *(
            lambda board=board: save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk)
            for board in boards
        )
    )
    assert len(set(saved)) == 100
    assert totals(SAVES, [pin.pk]).get() == [100]
    assert totals(ALL, [board.pk for board in boards]).get() == [1] * 100
    assert_counts_are_true()


def test_one_person_saves_one_pin_many_times_at_once():
    pin, board = make_pin(), BoardFactory()
    save = lambda: save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk)  # noqa: E731
    assert len(set(at_once(*[save] * 10))) == 1
    assert totals(SAVES, [pin.pk]).get() == [1]
    assert totals(ALL, [board.owner_id]).get() == [1]


def test_the_limit_holds_at_once(settings):
    settings.MAX_PINS_PER_PERSON = 3
    board = BoardFactory()
    pins = [make_pin() for _ in range(8)]

    def save(pin):
        try:
            return save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk)
        except Invalid as refused:
            return refused.problems[0].reason

    results = at_once(*(lambda pin=pin: save(pin) for pin in pins))
    assert results.count("LIMIT_REACHED") == 5
    assert Pin.objects.filter(board=board).count() == 3


def test_a_board_turns_secret_while_people_pin_to_it():
    """Whoever comes first, no pin keeps a listing that its board does not give it."""
    ada = UserFactory()
    board = BoardFactory(owner=ada)
    pins = [make_pin() for _ in range(6)]

    def flip(is_secret):
        update_board(actor_id=ada.pk, board_id=board.pk, is_secret=is_secret)
        relist(by="board_id", subject_id=board.pk)

    at_once(
        lambda: flip(True),
        lambda: flip(False),
        lambda: flip(True),
        *(
            lambda pin=pin: save_pin(owner_id=ada.pk, board_id=board.pk, pin_id=pin.pk)
            for pin in pins
        ),
    )
    relist(by="board_id", subject_id=board.pk)
    assert not Pin.objects.wrongly_listed().exists()
    assert_counts_are_true()


def test_writers_of_the_same_things_do_not_deadlock():
    """All that writes pins, on the same boards, pictures and lines, in opposite orders."""
    ada = UserFactory()
    one, two = BoardFactory(owner=ada), BoardFactory(owner=ada)
    section = SectionFactory(board=one)
    roots = [make_pin() for _ in range(4)]
    mine = [make_save(root, one, section_id=section.pk).pk for root in roots]
    moved = [make_pin(one, section_id=section.pk).pk for _ in range(4)]
    theirs = BoardFactory()
    gone = [make_save(root, theirs).pk for root in roots]
    upload = UploadFactory(owner=ada)
    staff = UserFactory(is_staff=True)

    def move_back_and_forth():
        for board in (two, one, two):
            move_pins(actor_id=ada.pk, pin_ids=moved[::-1], board_id=board.pk)

    def flip():
        for is_secret in (True, False):
            update_board(actor_id=ada.pk, board_id=one.pk, is_secret=is_secret)
            relist(by="board_id", subject_id=one.pk)

    def hide():
        for pin in moved:
            services.hide_pin(actor_id=staff.pk, pin_id=pin, reason="a test")
            services.restore_pin(actor_id=staff.pk, pin_id=pin, reason="a test")

    for _ in range(2):
        at_once(
            move_back_and_forth,
            flip,
            hide,
            lambda section=section: delete_section(actor_id=ada.pk, section_id=section.pk),
            lambda mine=mine: delete_pins(actor_id=ada.pk, pin_ids=mine),
            lambda gone=gone: delete_pins(actor_id=theirs.owner_id, pin_ids=gone[::-1]),
            lambda: create_pin(owner_id=ada.pk, board_id=two.pk, picture_id=upload.picture_id),
            *(
                lambda root=root: save_pin(owner_id=ada.pk, board_id=two.pk, pin_id=root.pk)
                for root in roots
            ),
            lambda: relist(by="owner_id", subject_id=ada.pk),
        )
        relist(by="owner_id", subject_id=ada.pk)
        assert_counts_are_true()
        section = SectionFactory(board=one)
        mine = [make_save(root, one, section_id=section.pk).pk for root in roots]
        gone = [make_save(root, theirs).pk for root in roots]


@pytest.mark.parametrize("_attempt", range(10))
def test_deleting_a_pin_while_others_save_it(_attempt):
    """A save stands whether it was just before or just after; nobody waits, nobody fails."""
    pin = make_pin()
    boards = [BoardFactory() for _ in range(8)]

    def save(board):
        try:
            return save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk)
        except NotFound:
            return None

    results = at_once(
        lambda: delete_pins(actor_id=pin.owner_id, pin_ids=[pin.pk]),
        *(lambda board=board: save(board) for board in boards),
    )
    saved = [one for one in results[1:] if one is not None]
    assert totals(SAVES, [pin.pk]).get() == [len(saved)]
    assert sorted(Pin.objects.values_list("pk", flat=True)) == sorted(saved)
