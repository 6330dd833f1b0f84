"""Timelines as strings: against plain sets."""

from datetime import UTC, datetime, timedelta

import pytest
from django_redis import get_redis_connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.feed import store
from pinboard.cache import keys
from pinboard.cache.servers import scan
from pinboard.ids.layout import first_id_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("anywhere")]

ADA = 77

NOW = datetime.now(UTC)
# A fresh pin and an old one: what is late is put in order by another script.
FRESH = [first_id_at(NOW + timedelta(hours=1)) + number for number in range(6)]
OLD = [first_id_at(NOW - timedelta(days=1)) + number for number in range(6)]
ANY = st.sampled_from(FRESH + OLD)

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(ANY, min_size=1, max_size=1)),
        st.tuples(st.just("add"), st.lists(ANY, max_size=8)),
        st.tuples(st.just("remove"), st.lists(ANY, max_size=3)),
        st.tuples(st.just("start"), st.just([])),
        st.tuples(st.just("finish"), st.lists(ANY, max_size=8)),
        st.tuples(st.just("drop"), st.just([])),
    ),
    max_size=25,
)


class Plain:
    """What a timeline is to be; `waiting`: what came while it was built."""

    def __init__(self):
        self.timeline = self.waiting = None

    def add(self, ids):
        kept = self.timeline if self.timeline is not None else self.waiting
        if kept is not None:
            kept |= set(ids)

    def remove(self, ids):
        if self.timeline is not None:
            self.timeline -= set(ids)

    def start(self, _ids):
        self.timeline = None
        self.waiting = self.waiting or set()

    def finish(self, ids):
        # Where what came meanwhile was lost, there is nothing that can be trusted.
        if self.timeline is not None or self.waiting is not None:
            self.timeline = set(ids) | (self.timeline or set()) | (self.waiting or set())
            self.waiting = None

    def drop(self, _ids):
        self.timeline = self.waiting = None

    def read(self):
        return None if self.timeline is None else sorted(self.timeline, reverse=True)


REAL = {
    "add": lambda ids: store.add([ADA, ADA + 1], ids),
    "remove": lambda ids: store.remove([ADA], ids),
    "start": lambda _ids: store.start_building(ADA),
    "finish": lambda ids: store.finish_building(ADA, ids),
    "drop": lambda _ids: store.drop(ADA),
}


def build(person, ids):
    store.start_building(person)
    store.finish_building(person, ids)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS)
def test_a_timeline_is_a_set(acts):
    plain = Plain()
    store.drop(ADA)
    for act, ids in acts:
        getattr(plain, act)(ids)
        REAL[act](ids)
        assert store.read(ADA) == plain.read()
        if plain.timeline is not None:
            assert store.read(ADA, 3) == plain.read()[:3]
    assert store.read(ADA + 1) is None


@pytest.mark.parametrize("ids", [FRESH[:1], OLD[:1], OLD])
def test_what_is_not_there_gets_nothing_and_leaves_nothing(ids):
    store.add([ADA], ids)
    assert list(scan("feed:*")) == []


def test_an_entry_takes_sixteen_bytes_at_most():
    """Nine when the timeline is built. Who appends has Valkey leave as much room again."""
    build(ADA, range(OLD[0], OLD[0] + store.MAX_ENTRIES))
    taken = get_redis_connection("default").memory_usage(keys.timeline(ADA))
    assert taken / store.MAX_ENTRIES < 9
    for number in range(store.SLACK + 1):
        store.add([ADA], [FRESH[0] + number * 4096])
    assert len(store.read(ADA)) == store.MAX_ENTRIES
    taken = get_redis_connection("default").memory_usage(keys.timeline(ADA))
    assert taken / store.MAX_ENTRIES <= 16


def test_there_are_never_more_than_there_may_be():
    build(ADA, range(OLD[0], OLD[0] + store.MAX_ENTRIES))
    client, lengths = get_redis_connection("default"), []
    for number in range(2 * store.SLACK):
        store.add([ADA], [FRESH[0] + number * 4096])
        lengths.append(client.strlen(keys.timeline(ADA)) // 8 - 1)
    least = store.MAX_ENTRIES - store.SLACK
    assert (min(lengths), max(lengths)) == (least, store.MAX_ENTRIES)


def test_appending_and_putting_in_keep_the_time_to_live(monkeypatch):
    monkeypatch.setattr(store, "MAX_ENTRIES", 4)
    monkeypatch.setattr(store, "SLACK", 0)
    client = get_redis_connection("default")
    build(ADA, OLD)
    for ids in ([FRESH[0]], [FRESH[1]], OLD, [FRESH[2]]):
        store.add([ADA], ids)
        assert client.ttl(keys.timeline(ADA)) > 29 * 24 * 3600
    store.remove([ADA], FRESH[:1])
    assert client.ttl(keys.timeline(ADA)) > 29 * 24 * 3600
    assert store.read(ADA) == [FRESH[2], FRESH[1], OLD[-1]]


def test_a_sample_is_of_people_with_timelines():
    for person in range(1, 8):
        build(person, [])
    store.start_building(9)
    assert store.sample(100) == [1, 2, 3, 4, 5, 6, 7]
    assert len(store.sample(3)) == 3
