"""The product's own processes: a Celery worker of two, beat, and web processes that die young."""

import argparse
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil
from celery import current_app

from pinboard.local.process import end_with_parent, stop

_PATIENCE_SECONDS = 60
_PYTHON = (sys.executable, "-W", "ignore", "-m", "tests.chaos.celery")
_WORKER = (
    "--quiet", "worker", "-Q", "fanout,relay,default,media,refill", "-c", "2", "--loglevel", "ERROR",
    "--without-gossip", "--without-mingle",
)  # fmt: skip
# Committed, and killed before the commit's callbacks kick the relay: they run in the order in which
# they were asked for.
_PIN_AND_DIE = """
import django; django.setup()
import os, signal, sys
from django.db import transaction
from apps.pins.services import create_pin
owner, board, picture = map(int, sys.argv[1:])
with transaction.atomic():
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    create_pin(owner_id=owner, board_id=board, picture_id=picture)
"""


class Celery:
    """A worker and beat, until the block ends, minded as in production: what ends by itself is started
    again (`restart: unless-stopped` in docker-compose.yml). A worker of kombu 5.7 does end, once in a
    while, when its broker goes while it holds messages."""

    def __init__(self, options: argparse.Namespace, logs: Path) -> None:
        self._tuned = [str(one or 0) for one in (options.step, options.lease, options.sweep)]
        self._logs = logs
        self.ended = 0  # by itself

    def __enter__(self) -> "Celery":
        self._worker = self._start_worker()
        self._beat = self._start_beat()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        # Connections that are kept may be from before the broker was stopped.
        with current_app.connection_for_write() as own:
            while not current_app.control.ping(timeout=0.5, connection=own):
                if self._worker.poll() is not None or time.monotonic() > deadline:
                    self.__exit__()
                    raise RuntimeError(f"The worker did not start; see {self._logs}/worker.log.")
        return self

    def __exit__(self, *_: object) -> None:
        self.kill_worker(again=False)
        stop(self._beat)

    def kill_process(self, random: Random) -> None:
        """SIGKILL to one of the worker's processes; the worker starts another."""
        self.mind()
        with suppress(psutil.NoSuchProcess, IndexError):
            random.choice(self._pool()).kill()

    def kill_worker(self, *, again: bool = True) -> None:
        """SIGKILL to the worker and all of its processes; another one is started."""
        self.mind()
        family = [*self._pool(), psutil.Process(self._worker.pid)]
        self._worker.send_signal(signal.SIGKILL)
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._worker.wait()
        if again:
            self._worker = self._start_worker()

    def mind(self) -> None:
        """Start again what has ended by itself."""
        if self._worker.poll() is not None:
            self._worker = self._start_worker()
            self.ended += 1
        if self._beat.poll() is not None:
            self._beat = self._start_beat()
            self.ended += 1

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", *_WORKER)

    def _start_beat(self) -> "subprocess.Popen[bytes]":
        schedule = str(self._logs / "beat-schedule")
        return self._start("beat", "--quiet", "beat", "--loglevel", "ERROR", "-s", schedule)

    def _pool(self) -> list[psutil.Process]:
        return psutil.Process(self._worker.pid).children(recursive=True)

    def _start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*_PYTHON, *self._tuned, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )


def pin_and_die(owner_id: int, board_id: int, picture_id: int) -> None:
    """Have a process make a pin by the real service, and be killed between commit and kick."""
    ids = [str(one) for one in (owner_id, board_id, picture_id)]
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", _PIN_AND_DIE, *ids], check=False)
    if done.returncode != -signal.SIGKILL:
        raise RuntimeError(f"The web process ended by itself: {done.returncode}.")
