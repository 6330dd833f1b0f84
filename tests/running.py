"""A `make run` of its own, as a real process."""

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from pinboard.local.process import free_port

ROOT = Path(__file__).resolve().parents[1]
OURS = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT", "PRIVATE_ROOT")
PATIENCE_SECONDS = 60


def environment(folder: Path, **changes: str) -> dict[str, str]:
    """The environment of one that keeps its data in `folder`, away from the test's own services."""
    ours = {*OURS, "PINBOARD_ENV", "LOG_LEVEL"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    ports = {"PORT": str(free_port()), "LIVE_PORT": str(free_port())}
    own = {"PINBOARD_LOCAL": str(folder), "DEMO": "0", **ports}
    return {**inherited, **own, **changes}


class Running:
    """A `make run`, and its lines."""

    def __init__(self, environment):
        self.environment = environment
        self.lines = []
        self._queue = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pinboard.local", "run"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)
        self.process.stdout.close()

    def wait_for(self, text):
        """Read lines up to the one with `text`; the test fails at their end."""
        while (line := self._queue.get(timeout=PATIENCE_SECONDS)) is not None:
            self.lines.append(line)
            if text in line:
                return
        pytest.fail(f"{text!r} did not come:\n{''.join(self.lines)}")

    def up(self):
        self.wait_for("Ctrl-C stops all of it.")
        return self

    def end(self):
        """The exit code, and all that it printed."""
        while (line := self._queue.get(timeout=PATIENCE_SECONDS)) is not None:
            self.lines.append(line)
        return self.process.wait(), "".join(self.lines)

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)


def assert_gone(family: list[psutil.Process], within: float = PATIENCE_SECONDS) -> None:
    """All of these have ended."""
    _, alive = psutil.wait_procs(family, timeout=within)
    # Where nobody reaps orphans, as in many containers, the dead stay listed.
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
