"""A hot key is computed once, and a computer that dies holds nobody up for long."""

import os
import signal
from threading import Event as Signal

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection

from pinboard.cache import values
from pinboard.cache.looking import only_looking
from pinboard.cache.once import get_or_compute, turn
from pinboard.cache.scripts import run as run_script
from tests.processes import run, start
from tests.threads import together

pytestmark = pytest.mark.django_db

DIE = """
import sys, time
from pinboard.cache.once import get_or_compute
def compute():
    print("computing", flush=True)
    time.sleep(60)
get_or_compute("hot", compute, seconds=60, patience=1)
"""
AWAY = """
from pinboard.cache.once import get_or_compute
print(get_or_compute("hot", lambda: 42, seconds=60))
"""


class Computed:
    """Counts how often it is computed, and takes long enough to be waited for."""

    def __init__(self, value):
        self.value = value
        self.times = 0
        self._pause = Signal()

    def __call__(self):
        self.times += 1
        self._pause.wait(0.2)
        return self.value


@pytest.mark.parametrize("value", [{"a": [1]}, None, 0, ""])
@pytest.mark.usefixtures("anywhere")
def test_a_stampede_computes_once(value):
    compute = Computed(value)
    # Patience for a machine that is busy with other tests.
    found = together(*[lambda: get_or_compute("hot", compute, seconds=60, patience=30)] * 12)
    assert found == [value] * 12
    assert compute.times == 1
    assert get_or_compute("hot", compute, seconds=60) == value
    assert compute.times == 1


def test_a_failure_is_its_callers_and_the_next_one_computes():
    with pytest.raises(ZeroDivisionError):
        get_or_compute("hot", lambda: 1 // 0, seconds=60)
    assert get_or_compute("hot", lambda: 1, seconds=60) == 1


def test_what_has_run_out_is_computed_again():
    assert get_or_compute("hot", lambda: 1, seconds=60) == 1
    cache.delete("hot")
    assert get_or_compute("hot", lambda: 2, seconds=60) == 2


def test_when_the_computer_dies_one_of_the_others_computes():
    dying = start(DIE)
    assert dying.stdout.readline() == "computing\n"
    os.kill(dying.pid, signal.SIGKILL)
    dying.communicate()
    compute = Computed("alive")
    found = together(*[lambda: get_or_compute("hot", compute, seconds=60, patience=1)] * 6)
    assert found == ["alive"] * 6
    assert compute.times == 1


def test_without_valkey_the_value_is_computed():
    output, log = run(AWAY, CACHE_URL="redis://127.0.0.1:1/0")
    assert output == "42\n"
    assert "cache.away" in log


def test_who_only_looks_reads_what_is_there_and_keeps_nothing():
    values.put("there", 1, 60)
    with only_looking(), turn("turn", 1):
        assert values.get("there") == 1
        values.put("there", 2, 60)
        assert get_or_compute("hot", lambda: 42, seconds=60) == 42
        assert run_script("return redis.call('SET', KEYS[1], 1)", ["script"]) is None
        assert get_redis_connection("default").keys("*") == [b"there"]
    assert values.get("there") == 1
    assert get_or_compute("hot", lambda: 43, seconds=60) == 43
