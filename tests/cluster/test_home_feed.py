"""The home feed through the API, and the commands and tasks that look after it, on a cluster."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django_redis import get_redis_connection

from apps.feed import activity, authors, store, tasks, timelines
from apps.feed.counting import IMPRESSIONS
from apps.feed.models import Closeness, LargeAuthor
from apps.feed.services import audits
from apps.feed.sources import popular, topics
from apps.users.sessions import let_go
from pinboard.cache import keys
from pinboard.counters.counts import totals
from tests.cluster.people import MANY, followers_on_all_nodes, on
from tests.cluster.servers import until
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import topic
from tests.factories.users import UserFactory
from tests.feed.streams import waiting

pytestmark = pytest.mark.usefixtures("on_cluster")

HOME = """
query($first: Int, $after: String) {
  viewer {
    homeFeed(first: $first, after: $after) {
      edges { node { id } reason { kind } }
      pageInfo { endCursor hasNextPage }
    }
  }
}
"""
BOTH = (
    "{ viewer { followingFeed(first: 50) { nodes { id } } homeFeed(first: 50) { nodes { id } } } }"
)
FOLLOW = """
mutation($person: ID!, $board: ID!, $topic: ID!) {
  followUser(input: {userId: $person}) { userErrors { code } }
  followBoard(input: {boardId: $board}) { userErrors { code } }
  followTopic(input: {topicId: $topic}) { userErrors { code } }
}
"""
REPORT = """
mutation($impressions: [ID!], $opens: [ID!]) {
  reportFeedActivity(input: {impressions: $impressions, opens: $opens}) { accepted }
}
"""


@pytest.fixture
def board(db):
    return BoardFactory()


@pytest.fixture
def people(board, on_cluster):
    """Followers of the board's owner, whose timelines are there and on all nodes."""
    found = followers_on_all_nodes(on_cluster, board.owner_id)
    for person in found:
        timelines.rebuild(person.pk)
    return found


@pytest.fixture
def clients(people, api):
    return [api.as_(person) for person in people]


def home(client, **window):
    return client(HOME, **window).data["viewer"]["homeFeed"]


def ids(page):
    return [int(edge["node"]["id"]) for edge in page["edges"]]


def both(client):
    """The following feed, and the home feed in the order of ids, newest first."""
    following, home = client(BOTH).data["viewer"].values()
    found = [[int(node["id"]) for node in feed["nodes"]] for feed in (following, home)]
    return found[0], sorted(found[1], reverse=True)


def report(client, impressions, opens=()):
    answer = client(REPORT, impressions=[*map(str, impressions)], opens=[*map(str, opens)])
    return answer.data["reportFeedActivity"]["accepted"]


def at_once():
    """As it is for another process, or seconds later, and when the transaction commits."""
    cache.delete(keys.large_authors())
    authors.everybody.cache_clear()
    popular.at_hand.cache_clear()
    topics.forget_newest()


def test_reports_of_all_streams_are_counted_and_what_was_seen_goes_down(
    board, people, clients, outbox, on_cluster
):
    seen, opened, new = (make_pin(board).pk for _ in range(3))
    outbox.drain()
    streams = {activity.partition_of(person.pk) for person in people}
    assert len({on_cluster.primary_of(keys.activity(one)).port for one in streams}) == 3
    assert [report(client, [seen, opened], [opened]) for client in clients] == [3] * MANY
    assert waiting() == sorted(streams)
    assert [ids(home(client))[0] for client in clients] == [new] * MANY
    tasks.take_in_activity()
    assert waiting() == []
    assert totals(IMPRESSIONS, [seen, opened, new]).get() == [MANY, MANY, 0]
    assert Closeness.objects.filter(author_id=board.owner_id, opens=1).count() == MANY
    get_redis_connection("default").flushdb()
    assert [ids(home(client))[0] for client in clients] == [new] * MANY


def test_all_sources_are_there_also_after_a_flush(board, people, api, outbox, settings):
    settings.FEED_PUSH_MAX_FOLLOWERS = 3
    viewers = [api.as_(UserFactory()) for _ in range(3)]
    large, bread = BoardFactory(), topic("bread")
    for viewer in viewers:
        followed = viewer(FOLLOW, person=large.owner_id, board=board.pk, topic=bread.pk).data
        assert [one["userErrors"] for one in followed.values()] == [[], [], []]
        home(viewer)
    outbox.drain()
    merged, pushed = make_pin(large).pk, make_pin(board).pk
    about, liked = make_pin(title="Bread").pk, make_pin()
    make_save(liked, BoardFactory())
    outbox.drain()
    tasks.refresh_popular()
    reasons = {
        merged: "FOLLOWED_PERSON",
        pushed: "FOLLOWED_BOARD",
        about: "FOLLOWED_TOPIC",
        liked.pk: "POPULAR",
    }
    for _ in range(2):
        at_once()
        for viewer in viewers:
            edges = home(viewer)["edges"]
            found = {int(edge["node"]["id"]): edge["reason"]["kind"] for edge in edges}
            assert found == reasons
            assert both(viewer) == ([pushed, merged], sorted(reasons, reverse=True))
        get_redis_connection("default").flushdb()
    assert list(LargeAuthor.objects.values_list("pk", flat=True)) == [large.owner_id]


def test_the_command_builds_the_timelines_of_all_nodes(board, people, outbox, capsys):
    pins = [make_pin(board).pk for _ in range(3)][::-1]
    outbox.drain()
    get_redis_connection("default").flushdb()
    call_command("timelines", "rebuild", "--people", *[person.pk for person in people])
    assert f"{MANY} timelines were built." in capsys.readouterr().out
    assert [store.read(person.pk) for person in people] == [pins] * MANY


def test_feeds_go_on_while_a_primary_dies(board, people, clients, outbox, mortal):
    pins = [make_pin(board).pk for _ in range(4)]
    outbox.drain()
    first = [home(client, first=2) for client in clients]
    victim = on(mortal, people[0])
    streams = [keys.activity(activity.partition_of(person.pk)) for person in people]
    lost = sum(mortal.primary_of(stream) is victim for stream in streams)
    assert 0 < lost < MANY
    assert [report(client, pins[:1]) for client in clients] == [1] * MANY
    mortal.in_step()
    replica = mortal.replica_of(victim)
    replica.let_follow(is_allowed=False)
    victim.kill()
    # Nobody serves a third of them. What is asked of Valkey then is asked of Postgres.
    for client in clients:
        let_go(client.session)  # as another process, which has not seen it
    assert [both(client) for client in clients] == [(pins[::-1], pins[::-1])] * MANY
    assert sum(report(client, pins[1:2]) for client in clients) == MANY - lost
    tasks.take_in_activity()
    assert totals(IMPRESSIONS, pins[:2]).get() == [MANY - lost, MANY - lost]
    replica.let_follow(is_allowed=True)
    until(lambda: mortal.is_replaced(victim))
    tasks.take_in_activity()
    assert totals(IMPRESSIONS, pins[:2]).get() == [MANY, MANY - lost]
    for client, page in zip(clients, first, strict=True):
        rest = home(client, first=2, after=page["pageInfo"]["endCursor"])
        assert sorted(ids(page) + ids(rest)) == pins
        assert rest["pageInfo"]["hasNextPage"] is False
    pins.append(make_pin(board).pk)
    outbox.drain()
    assert [both(client) for client in clients] == [(pins[::-1], pins[::-1])] * MANY


def test_what_a_promoted_replica_lacks_is_found_and_built_anew(
    board, people, outbox, mortal, monkeypatch, capsys
):
    monkeypatch.setattr(audits, "SETTLED", timedelta(0))
    first = make_pin(board).pk
    outbox.drain()
    victim = on(mortal, people[0])
    theirs = [person.pk for person in people if on(mortal, person) is victim]
    others = [person.pk for person in people if person.pk not in theirs]
    mortal.in_step()
    victim.cut_off()
    second = make_pin(board).pk
    outbox.drain()
    victim.kill()
    until(lambda: mortal.is_replaced(victim))
    call_command("timelines", "audit", "--sample", "1000")
    assert (
        f"{MANY} timelines: {len(theirs)} entries were missing, 0 too many."
        in capsys.readouterr().out
    )
    assert [store.read(person) for person in theirs + others] == [[second, first]] * MANY
