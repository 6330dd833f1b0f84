"""A real worker, and beat, whose timelines are on a cluster."""

from argparse import Namespace

import pytest

from apps.feed import store, timelines
from apps.feed.counting import IMPRESSIONS
from pinboard.counters.counts import totals
from pinboard.events.models import Delivery
from tests.chaos.processes import Celery
from tests.cluster.people import MANY, followers_on_all_nodes, on
from tests.cluster.servers import until
from tests.factories.boards import BoardFactory
from tests.factories.media import UploadFactory
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = """
mutation($board: ID!, $picture: ID!) {
  createPin(input: {boardId: $board, pictureId: $picture}) { pin { id } }
}
"""
REPORT = "mutation($pins: [ID!]) { reportFeedActivity(input: {impressions: $pins}) { accepted } }"
# Followers a task, so that a pin takes several; seconds of a lease and of a sweep.
TUNED = Namespace(step=10, lease=2, sweep=1)


@pytest.fixture
def worker(on_cluster, broker, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", environment()["DATABASE_URL"])
    with Celery(TUNED, tmp_path) as found:
        yield found


def test_each_pin_reaches_each_follower_though_a_primary_dies(worker, api, mortal):
    board = BoardFactory()
    author = api.as_(board.owner)
    people = followers_on_all_nodes(mortal, board.owner_id)
    for person in people:
        timelines.rebuild(person.pk)

    def new_pin():
        picture = UploadFactory(owner=board.owner).picture_id
        answer = author(CREATE, board=str(board.pk), picture=str(picture))
        return int(answer.data["createPin"]["pin"]["id"])

    def entries():
        return [store.read(person.pk) for person in people]

    first = new_pin()
    until(lambda: entries() == [[first]] * MANY)
    victim = on(mortal, people[0])
    victim.kill()
    pins = [new_pin(), first]
    until(lambda: mortal.is_replaced(victim))
    pins = [new_pin(), *pins]
    until(lambda: not Delivery.objects.exists())
    assert entries() == [pins] * MANY
    for person in people:
        api.as_(person)(REPORT, pins=[str(first)])
    until(lambda: totals(IMPRESSIONS, [first]).get() == [MANY])
    assert worker.ended == 0
