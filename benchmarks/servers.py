"""A contender's server: one process on one core, on a free port of 127.0.0.1."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import psutil

from pinboard.local.process import end_with_parent, free_port

SERVER_CORE, LOAD_CORE = 0, 1
_PATIENCE_SECONDS = 30
# A few viewers ask more often than people do.
_UNLIMITED = {"RATE_LIMIT_POINTS": str(2 * 10**9), "RATE_LIMIT_REFILL": str(10**9)}

Command = Callable[[int], list[str]]


def granian(application: str) -> Command:
    """A WSGI application under granian, as `make run` and production have it."""

    def command(port: int) -> list[str]:
        return [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws",
            "--log-level", "warning", application,
        ]  # fmt: skip

    return command


class Server:
    """A contender's server."""

    def __init__(self, command: Command, environment: dict[str, str]) -> None:
        self.port = free_port()
        self._process = subprocess.Popen(
            command(self.port),
            env={**os.environ, **_UNLIMITED, **environment},
            preexec_fn=end_with_parent,
        )
        self._wait()
        for process in self._family():
            process.cpu_affinity([SERVER_CORE])

    def cpu_seconds(self) -> float:
        """What it has used so far."""
        times = [process.cpu_times() for process in self._family()]
        return sum(one.user + one.system for one in times)

    def memory(self) -> int:
        """The bytes that it holds."""
        return sum(process.memory_info().rss for process in self._family())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE_SECONDS)

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                raise RuntimeError("A contender's server did not start; its words are above.")
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            return False
        finally:
            connection.close()
        return True


@contextmanager
def running(commands: dict[str, tuple[Command, dict[str, str]]]) -> Iterator[dict[str, Server]]:
    """The servers of contenders: name to command and what it has in its environment."""
    servers: dict[str, Server] = {}
    try:
        for name, (command, environment) in commands.items():
            servers[name] = Server(command, environment)
        yield servers
    finally:
        for server in servers.values():
            server.stop()
