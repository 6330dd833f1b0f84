"""Processes that were started, on file, so that the next start finds those a killed one left."""

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_PATIENCE_SECONDS = 15
# A start time is computed from the machine's clock, which may be set in between.
_CLOCK_SECONDS = 2


class _Entry(NamedTuple):
    pid: int
    started_at: float
    how: int

    @property
    def lives(self) -> bool:
        """Whether this very process still runs, and not another one with its id."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < _CLOCK_SECONDS
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


class Registry:
    """The leaders of process groups that one start has made, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(
        self, process: "subprocess.Popen[bytes] | subprocess.Popen[str]", how: signal.Signals
    ) -> None:
        """Note a process, and the signal that ends it in good order."""
        with suppress(psutil.NoSuchProcess):
            entry = _Entry(process.pid, psutil.Process(process.pid).create_time(), how)
            self._write([*self._read(), entry])

    def end_leftovers(self) -> None:
        """End what is noted and still runs, the last one first, and forget all."""
        for entry in reversed(self._read()):
            _end(entry)
        self.clear()

    def clear(self) -> None:
        """Forget all: they have ended."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> list[_Entry]:
        try:
            return [
                _Entry(int(pid), float(started_at), int(how))
                for pid, started_at, how in json.loads(self._path.read_text())
            ]
        except (FileNotFoundError, ValueError, TypeError):
            # Nothing there, or half a file of a machine that lost its power.
            return []

    def _write(self, entries: list[_Entry]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(entries))


def _end(entry: _Entry) -> None:
    if not entry.lives:
        return
    with suppress(ProcessLookupError):
        os.kill(entry.pid, entry.how)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while entry.lives and time.monotonic() < deadline:
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(entry.pid, signal.SIGKILL)
