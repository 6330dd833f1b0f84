"""`python -m tests.chaos` in short: everything breaks once while pins are on their way, and nothing is lost.
No time is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.feed import store, timelines
from apps.follows.services import follow_person
from tests.chaos.faults import Row
from tests.chaos.suite import verdict
from tests.chaos.world import World, tally
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT", "PRIVATE_ROOT")
FOLLOWERS, RETURNING, PINS, FAULTS = 2_000, 500, 10, 6
SHORT = (
    f"--followers={FOLLOWERS}",
    f"--returning={RETURNING}",
    f"--pins={PINS}",
    "--times=1",
    "--step=250",
    "--lease=2",
    "--sweep=1",
)


def test_nothing_is_lost_whatever_breaks(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in SERVICES}
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", f"--out={tmp_path}", *SHORT, "storm"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads((tmp_path / "chaos.json").read_text())
    (row,) = figures["rows"]
    # A new pin after each fault, and that of the web process.
    assert row["pins"] == PINS + FAULTS + 1
    assert row["found"] == row["expected"] == row["pins"] * RETURNING
    assert [row[name] for name in ("lost", "doubled", "misread", "dead")] == [0, 0, 0, 0]
    assert f"seed {figures['parameters']['seed']}" in done.stdout


@pytest.fixture
def world(db):
    """Three people who follow somebody with two pins, which are in their timelines."""
    board, people = BoardFactory(), [UserFactory().pk for _ in range(3)]
    pins = [make_pin(board).pk for _ in range(2)][::-1]
    for person in people:
        follow_person(follower_id=person, person_id=board.owner_id)
        timelines.rebuild(person)
    return World(board, people), pins


def test_what_is_lost_and_what_is_stored_twice_is_counted(world):
    world, pins = world
    people = world.followers

    def counted():
        return (*world.count(people, pins), world.repeated(people, pins))

    assert world.pins_after(0) == pins
    assert counted() == (6, 6, 0, 0, 0, 0)
    store.add(people[:2], pins[:1])
    assert counted() == (6, 6, 0, 0, 0, 2)
    store.remove(people[1:2], pins)
    store.drop(people[2])
    assert counted() == (6, 2, 0, 4, 2, 1)


def test_what_is_read_twice_or_in_another_order_is_counted():
    assert tally([[3, 2, 1], [3, 2], [2, 3], [3, 3, 2, 2], [2], None], [3, 2]) == (12, 9, 2, 3, 4)


def test_what_is_a_failure():
    fine = Row("web", 1, 6, 6, 0, 0, 0, 2, 0, 1, 3, 1.0)
    assert verdict([fine, fine]) == 0
    for what in ("lost", "doubled", "misread", "dead"):
        assert verdict([fine, fine._replace(**{what: 1})]) == 1
