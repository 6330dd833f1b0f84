"""Connections to Valkey are used again, and what went wrong on one is nobody else's answer."""

import os

import pytest
from django.conf import settings
from django_redis import get_redis_connection
from redis import Connection
from redis.exceptions import ConnectionError, ResponseError

from pinboard.cache.commands import command, commands, sent_ahead
from pinboard.cache.pool import LeanPool
from tests.processes import run
from tests.threads import together

SENT_AHEAD = """
import django
django.setup()
from pinboard.cache.commands import command, sent_ahead
from pinboard.cache.once import AWAY
with sent_ahead([("GET", "{a}:one")]):
    try:
        command("GET", "{a}:one")
    except AWAY:
        print("away")
"""


@pytest.fixture
def pool():
    made = LeanPool.from_url(settings.CACHES["default"]["LOCATION"][0])
    yield made
    made.disconnect()


def ask(pool, *words):
    return pool.commands([words])[0]


def client_id(pool):
    return ask(pool, "CLIENT", "ID")


@pytest.mark.usefixtures("anywhere")
def test_a_command_gives_what_the_server_says():
    client = get_redis_connection("default")
    client.set("{a}:text", "né")
    assert command("GET", "{a}:text") == "né".encode()
    assert command("GET", "{a}:none") is None
    assert command("GETRANGE", "{a}:text", -2, -1) == "né".encode()[-2:]
    with pytest.raises(ResponseError):
        command("LPOP", "{a}:text")
    assert command("GETEX", "{a}:text", "EX", 60) == "né".encode()
    assert 0 < client.ttl("{a}:text") <= 60


@pytest.mark.usefixtures("anywhere")
def test_many_commands_have_their_answers_in_order():
    names = [f"pinboard:many:{{{number}}}" for number in range(20)]
    commands([("SET", name, number) for number, name in enumerate(names)])
    found = commands([("GET", name) for name in [*names, "pinboard:many:{none}"]])
    assert found == [*(b"%d" % number for number in range(20)), None]
    with pytest.raises(ResponseError):
        commands([("GET", names[0]), ("LPOP", names[1]), ("GET", names[2])])
    assert command("GET", names[3]) == b"3"


@pytest.mark.usefixtures("anywhere")
def test_what_was_sent_ahead_is_answered_from_there_once():
    client = get_redis_connection("default")
    client.mset({"{a}:one": 1, "{a}:two": 2})
    with sent_ahead([("GET", "{a}:one"), ("GETRANGE", "{a}:two", 0, -1), ("GET", "{a}:none")]):
        client.mset({"{a}:one": 3, "{a}:two": 4, "{a}:none": 5})
        assert command("GET", "{a}:two") == b"4"  # which is another command
        assert [command("GET", "{a}:one") for _ in range(2)] == [b"1", b"3"]
        assert [command("GET", "{a}:none") for _ in range(2)] == [None, b"5"]
        assert [command("GETRANGE", "{a}:two", 0, -1) for _ in range(2)] == [b"2", b"4"]


@pytest.mark.usefixtures("anywhere")
def test_what_nobody_asked_for_in_the_block_is_forgotten_after_it():
    client = get_redis_connection("default")
    client.set("{a}:one", 1)
    with sent_ahead([("GET", "{a}:one")]):
        client.set("{a}:one", 2)
    assert command("GET", "{a}:one") == b"2"


def test_where_valkey_is_away_each_command_finds_that_out():
    output, _ = run(SENT_AHEAD, CACHE_URL="redis://127.0.0.1:1/0")
    assert output == "away\n"


def test_a_connection_is_used_again(pool):
    first = client_id(pool)
    assert [client_id(pool) for _ in range(5)] == [first] * 5


def test_those_who_ask_at_once_have_one_each(pool):
    def hold():
        connection = pool.get_connection()
        connection.send_command("CLIENT", "ID")
        found = connection.read_response()
        barrier.append(found)
        while len(barrier) < 4:
            pass
        pool.release(connection)
        return found

    barrier = []
    assert len(set(together(*[hold] * 4))) == 4


def test_one_that_the_server_has_closed_is_opened_anew(pool):
    first = client_id(pool)
    get_redis_connection("default").client_kill_filter(_id=first)
    assert client_id(pool) != first


def test_all_that_a_server_has_closed_are_opened_anew(pool):
    asked = [lambda: client_id(pool)] * 4
    first = set(together(*asked))
    get_redis_connection("default").client_kill_filter(_type="normal", skipme=True)
    again = [client_id(pool) for _ in range(8)]
    assert not first & set(again)


def test_a_server_that_is_away_is_an_error():
    nobody = LeanPool.from_url("redis://127.0.0.1:1/0")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            ask(nobody, "PING")


def test_an_answer_that_nobody_read_is_not_the_next_ones(pool):
    connection = pool.get_connection()
    connection.send_command("ECHO", "not yours")
    assert connection.can_read(timeout=5)
    pool.release(connection)
    assert ask(pool, "ECHO", "yours") == b"yours"


def test_a_command_that_is_cut_off_takes_its_connection_with_it(pool, monkeypatch):
    first = client_id(pool)

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "read_response", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ask(pool, "ECHO", "not yours")
    assert ask(pool, "ECHO", "yours") == b"yours"
    assert client_id(pool) != first


def test_a_forked_process_has_its_own(pool):
    first = client_id(pool)
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        os.write(writes, b"%d" % client_id(pool))
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reads, 20)) != first
    assert client_id(pool) == first
    os.close(reads)
    os.close(writes)
