"""The processes of Pinboard itself under one roof: started together, watched, ended together."""

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pinboard.local.process import end_with_parent
from pinboard.local.registry import Registry

_PATIENCE_SECONDS = 15


class Child:
    """One process. What it prints is passed on, each line with its name before it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        registry: Registry,
    ) -> None:
        self.name = name
        self._lines: deque[str] = deque(maxlen=12)
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A group of its own: Ctrl-C reaches us alone, and the whole group can be ended.
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        registry.add(self._process, signal.SIGTERM)
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def last_words(self) -> str:
        """The last lines of a process that has ended."""
        self._reader.join(1)
        return "\n".join(self._lines) or "(nothing)"

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process, which ends what it started itself."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def wait(self) -> None:
        """Wait for the end, and see to it that nothing of the group is left."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE_SECONDS)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(1)

    def _pass_on(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line.rstrip())
            sys.stdout.write(f"{self.name:>7} | {line}")
            sys.stdout.flush()


def end_all(children: Sequence[Child]) -> None:
    """End all of them, at the same time."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.wait()
