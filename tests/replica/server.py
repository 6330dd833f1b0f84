"""A replica of the tests' Postgres, which streams from it."""

import os
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from pinboard.local.account import as_unprivileged, give
from pinboard.local.postgres import USER, Postgres
from pinboard.local.registry import Registry

_PATIENCE_SECONDS = 30


class Replica(Postgres):
    """Started as the local Postgres is, from a copy of the primary's data."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder, folder / "replica.log", Registry(folder / "replica.json"), durable=False
        )

    @property
    def host(self) -> str:
        """As `DATABASE_REPLICAS` names it."""
        return f"127.0.0.1:{self.port}"

    def pause(self) -> None:
        """Replay what the primary has written by now, and then no more."""
        self.catch_up()
        self._ask("SELECT pg_wal_replay_pause()")
        _wait_until(lambda: self._ask("SELECT pg_get_wal_replay_pause_state()") == "paused")

    def go_on(self) -> None:
        """Replay what comes."""
        self._ask("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Return when it has all that the primary had written at first."""
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as primary:
            ((written,),) = primary.execute("SELECT pg_current_wal_insert_lsn()").fetchall()
        _wait_until(lambda: self._ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'"))

    def _ask(self, sql: str) -> object:
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(sql).fetchone()
        return row and row[0]

    def _initialise(self) -> None:
        self.data.mkdir(0o700)
        give(self.data)
        port = urlsplit(os.environ["DATABASE_URL"]).port
        where = ["-h", "127.0.0.1", "-p", str(port), "-U", USER, "-D", str(self.data)]
        subprocess.run(
            [
                str(self._binaries / "pg_basebackup"),
                *where,
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "-N",
            ],
            check=True,
            capture_output=True,
            cwd="/",
            **as_unprivileged(),
        )

    def _create_database(self) -> None:
        """The primary's are there."""


def _wait_until(condition) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "The replica does not get there."
        time.sleep(0.02)
