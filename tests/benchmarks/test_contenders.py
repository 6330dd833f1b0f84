"""What the benchmarks measure is what they say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.feed import store
from apps.feed.timelines import rebuild
from apps.follows.services import follow_person
from benchmarks import records
from benchmarks.contenders.timelines import CONTENDERS
from benchmarks.followers import mint
from benchmarks.pages import PAGES
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

SOMEBODY, NOBODY = 1, 2
KEPT = store.MAX_ENTRIES - store.SLACK


@pytest.mark.parametrize("name", CONTENDERS)
def test_each_structure_does_what_the_store_promises(name, db):
    timelines = CONTENDERS[name]
    ids = [mint() for _ in range(store.MAX_ENTRIES)]
    late, pin = [ids[-2] - 1, ids[-1] - 1], mint()
    timelines.fill([SOMEBODY], ids)
    timelines.add([SOMEBODY, NOBODY], [pin])
    assert timelines.read(SOMEBODY, store.MAX_ENTRIES) == [pin, *reversed(ids)][:KEPT]
    assert timelines.read(NOBODY, store.MAX_ENTRIES) == []
    timelines.add([SOMEBODY], [pin])
    timelines.add([SOMEBODY, NOBODY], late)
    assert timelines.read(SOMEBODY, 5) == [pin, ids[-1], late[1], ids[-2], late[0]]
    timelines.remove([SOMEBODY, NOBODY], ids[-1])
    assert timelines.read(SOMEBODY, 3) == [pin, late[1], ids[-2]]
    assert timelines.read(NOBODY, 3) == []


def test_the_statement_for_records_is_the_one_of_the_page(api):
    board, viewer = BoardFactory(), UserFactory()
    follow_person(follower_id=viewer.pk, person_id=board.owner_id)
    pins = [make_pin(board).pk for _ in range(records.SPARE + 25)]
    rebuild(viewer.pk)
    client, query = api.as_(viewer), PAGES["feed_25"].query
    client(query)  # who asks is known from now on, and the document
    with CaptureQueriesContext(connection) as captured:
        columns = records.CONTENDERS[records.REFERENCE](viewer.pk, 25)
    assert list(columns[0]) == pins[:-26:-1]
    assert [one["sql"] for one in captured.captured_queries] == client(query).statements
