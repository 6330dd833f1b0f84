"""What is kept in Valkey, on a cluster."""

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection

from apps.users.sessions import digest_of, forget, known_viewer, let_go, remember_viewer
from pinboard.cache.scripts import run, run_for_many
from pinboard.cache.servers import scan, servers
from pinboard.errors import RateLimited
from pinboard.graphql.points import Points
from pinboard.live import leases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_cluster")]

MANY = {f"key-{number}": number for number in range(50)}
NAMES = [f"pinboard:test:{{{number}}}" for number in range(3_000)]


def test_the_keys_are_on_all_nodes():
    cache.set_many(MANY)
    held = [server.dbsize() for server in servers()]
    assert len(held) == 3
    assert sum(held) == len(MANY)
    assert min(held) > 0


def test_djangos_cache_as_a_whole():
    cache.set_many(MANY, timeout=60)
    assert cache.get_many([*MANY, "none"]) == MANY
    assert cache.get_many([]) == {}
    assert cache.incr("key-1") == 2
    assert cache.touch("key-1", 100)
    assert not cache.add("key-1", 0)
    cache.delete_many([*MANY][:25])
    assert cache.get_many(MANY) == {name: MANY[name] for name in [*MANY][25:]}
    cache.clear()
    assert cache.get_many(MANY) == {}
    assert [server.dbsize() for server in servers()] == [0, 0, 0]


def test_a_lock_is_one_persons():
    first, second = (cache.lock("locked", timeout=5) for _ in range(2))
    assert first.acquire(blocking=False)
    assert not second.acquire(blocking=False)
    first.release()
    assert second.acquire(blocking=False)
    second.release()


def test_a_script_on_keys_of_one_person():
    script = "redis.call('SET', KEYS[2], ARGV[1]); return redis.call('GET', KEYS[1])"
    assert run(script, ["a:{7}", "b:{7}"], ["x"]) is None
    assert run(script, ["b:{7}", "a:{7}"], ["y"]) == b"x"


def test_a_script_on_keys_of_many_people():
    script = """
    for at = 1, #names, width do redis.call('APPEND', names:sub(at, at + width - 1), ARGV[1]) end
    """
    run_for_many(script, [name.encode() for name in NAMES], ["x"])
    run_for_many(script, [], ["x"])
    assert {name.decode() for name in scan("pinboard:test:*")} == set(NAMES)
    client = get_redis_connection("default")
    assert set(client.mget_nonatomic(*NAMES)) == {b"x"}


def test_sessions_are_known_and_forgotten():
    remember_viewer("a-session", 7)
    let_go("a-session")
    assert known_viewer("a-session") == 7
    forget([digest_of("a-session")])
    assert known_viewer("a-session") is None


def test_points_are_drawn_and_run_out(settings):
    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 1_000, 1
    for holder in ("ada", "ben", "cleo", "dora"):
        assert Points().spend(holder, 600).balance.left == 400
        with pytest.raises(RateLimited):
            Points().spend(holder, 600)


def test_streams_are_counted():
    for number in range(leases.MAX_STREAMS):
        leases.take(7, f"stream-{number}")
        leases.renew(7, f"stream-{number}")
    with pytest.raises(RateLimited):
        leases.take(7, "one-too-many")
    leases.give_back(7, "stream-0")
    leases.take(7, "another")
