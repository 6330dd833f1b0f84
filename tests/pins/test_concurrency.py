"""Many people at once, with real threads and real transactions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.pins.counting import ALL, SAVES
from apps.pins.services import save_pin
from pinboard.counters.counts import totals
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin


@pytest.mark.django_db(transaction=True)
def test_a_hundred_people_save_one_pin_at_once():
    pin = make_pin()
    boards = [BoardFactory() for _ in range(100)]

    def save(board):
        try:
            return save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as people:
        saved = list(people.map(save, boards))
    assert len(set(saved)) == 100
    assert totals(SAVES, [pin.pk]) == [100]
    assert totals(ALL, [board.pk for board in boards]) == [1] * 100


@pytest.mark.django_db(transaction=True)
def test_one_person_saves_one_pin_many_times_at_once():
    pin, board = make_pin(), BoardFactory()

    def save(_):
        try:
            return save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as clicks:
        saved = set(clicks.map(save, range(20)))
    assert len(saved) == 1
    assert totals(SAVES, [pin.pk]) == [1]
    assert totals(ALL, [board.owner_id]) == [1]
