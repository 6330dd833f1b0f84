"""What goes wrong while pins are on their way, each at random moments."""

import argparse
import time
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from django.db import connection
from django_redis import get_redis_connection
from tqdm import tqdm

from pinboard.events.figures import figures
from tests.chaos.machines import Machines
from tests.chaos.processes import Celery, pin_and_die
from tests.chaos.world import World
from tests.factories.media import PictureFactory, UploadFactory
from tests.factories.pins import make_pin

_FLUSHED = ("flush", "storm")
_LONGEST_PAUSE, _LONGEST_ABSENCE = 0.6, 2.0


class Row(NamedTuple):
    """What became of one fault's pins: what followers read (`Count`); `repeated`: entries that are there
    again in timelines as they are stored, where no follower sees them; `dead`: deliveries that were given
    up; `ended`: processes that ended by themselves, and were started again; `left`: deliveries, each to many
    followers, that waited after the last fault; `seconds`: from then until all had arrived."""

    fault: str
    pins: int
    expected: int
    found: int
    doubled: int
    lost: int
    misread: int
    repeated: int
    dead: int
    ended: int
    left: int
    seconds: float


class Chaos:
    """Breaks one thing after the other, and counts."""

    def __init__(
        self, options: argparse.Namespace, machines: Machines, celery: Celery, world: World
    ) -> None:
        self._options, self._machines = options, machines
        self._celery, self._world = celery, world
        self._random = Random(options.seed)

    def run(self, name: str) -> Row:
        """One fault, from the first pin until all has arrived, or patience ends."""
        fault = {
            "process": self._process,
            "worker": self._worker,
            "flush": self._flush,
            "broker": self._broker,
            "postgres": self._postgres,
            "web": self._web,
            "storm": self._storm,
            "primary": self._primary,
        }[name]
        last = max(self._world.pins_after(0), default=0)
        ended = self._celery.ended
        if name != "web":
            self._pin(self._options.pins)
        fault()
        left = _left()
        healed = time.monotonic()
        dead = self._wait(name)
        people = self._world.followers
        if name in _FLUSHED:
            # Who did not come back has no timeline, and needs none.
            people = self._world.some(self._options.returning)
            with self._world.reading(people):
                pass
        seconds = time.monotonic() - healed
        pins = self._world.pins_after(last)
        counted = self._world.count(people, pins)
        repeated = self._world.repeated(people, pins)
        if name in _FLUSHED:
            self._world.make_timelines()
        ended = self._celery.ended - ended
        return Row(name, len(pins), *counted, repeated, dead, ended, left, round(seconds, 1))

    def _process(self) -> None:
        self._again(lambda: self._celery.kill_process(self._random))

    def _worker(self) -> None:
        self._again(self._celery.kill_worker)

    def _flush(self) -> None:
        """Followers read at the same time: timelines are built while pins are on their way, and
        flushed while they are built."""
        with self._world.reading(self._world.some(self._options.returning)):
            self._again(get_redis_connection("default").flushall)

    def _broker(self) -> None:
        self._pause()
        self._machines.broker.stop()
        time.sleep(self._random.uniform(0, _LONGEST_ABSENCE))
        self._machines.broker.start()

    def _postgres(self) -> None:
        self._pause()
        self._machines.crash_postgres()
        time.sleep(self._random.uniform(0, _LONGEST_ABSENCE))
        self._machines.postgres.start()
        connection.close()

    def _web(self) -> None:
        for _ in range(self._options.times):
            picture = PictureFactory()
            UploadFactory(picture=picture, owner=self._world.board.owner)
            pin_and_die(self._world.board.owner_id, self._world.board.pk, picture.pk)

    def _primary(self) -> None:
        self._again(lambda: self._machines.kill_primary(self._random))

    def _storm(self) -> None:
        """All of it on one server, in a drawn order, with new pins between."""
        faults = [self._process, self._worker, self._flush, self._broker, self._postgres, self._web]
        self._random.shuffle(faults)
        for fault in faults:
            fault()
            self._pin(1)

    def _again(self, act: Callable[[], object]) -> None:
        for _ in range(self._options.times):
            self._pause()
            act()

    def _pause(self) -> None:
        time.sleep(self._random.uniform(0, _LONGEST_PAUSE))

    def _pin(self, count: int) -> None:
        for _ in range(count):
            make_pin(self._world.board)

    def _wait(self, name: str) -> int:
        """Wait until nothing waits in the outbox; how many deliveries were given up."""
        deadline = time.monotonic() + self._options.patience
        with tqdm(desc=f"{name:>12}", unit="") as bar:
            while True:
                self._celery.mind()
                left = _left()
                bar.total = max(bar.total or 0, bar.n + left)
                bar.update(max(bar.total - left - bar.n, 0))
                if not left or time.monotonic() > deadline:
                    return figures().dead
                time.sleep(0.05)


def _left() -> int:
    return sum(figures().depth.values())
