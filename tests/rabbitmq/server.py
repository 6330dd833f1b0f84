"""A RabbitMQ of its own: Debian's, with ports and data of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from pinboard.local.process import end_with_parent, failed, free_port, open_log, stop

# Debian's command in the path wants to be root or `rabbitmq`; the script behind it does not.
_DEBIAN = "/usr/lib/rabbitmq/bin/rabbitmq-server"
_SERVER = _DEBIAN if Path(_DEBIAN).exists() else shutil.which("rabbitmq-server")
_EPMD = shutil.which("epmd")
# Erlang takes its time on a busy machine.
_PATIENCE_SECONDS = 120
IS_INSTALLED = bool(_SERVER and _EPMD)


class RabbitMQ:
    """A server on a free port of 127.0.0.1. It has its queues again when it is started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        names = free_port()
        self._environment = {
            **os.environ,
            "HOME": str(folder),  # for the cookie
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"pinboard-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            # Its threads sleep when there is nothing to do: machines of tests are small.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none",
        }
        (folder / "plugins").write_text("[].")
        (folder / "rabbitmq.conf").write_text("disk_free_limit.absolute = 50MB\n")
        # It would start this one by itself, and leave it behind.
        self._names = self._run(str(_EPMD), "-port", str(names), "-address", "127.0.0.1")
        self.start()

    def _run(self, *command: str) -> "subprocess.Popen[bytes]":
        with open_log(self._log) as log:
            return subprocess.Popen(
                command,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def start(self) -> None:
        self._server = self._run(str(_SERVER))
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self.answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise failed("RabbitMQ did not start.", self._log)
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(connection.recv(1))
        except OSError:
            return False

    def stop(self) -> None:
        """End the server in good order; what it holds stays on disk."""
        stop(self._server, signal.SIGTERM, 30)

    def close(self) -> None:
        self.stop()
        stop(self._names)
