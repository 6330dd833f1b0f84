"""The embedded services, as real processes."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from pinboard.local.account import temporary_folder
from pinboard.local.process import LocalError, is_taken
from pinboard.local.services import Services, running

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder():
    path = temporary_folder()
    yield path
    shutil.rmtree(path)


def test_data_survives_a_restart(folder):
    with running(folder, durable=True) as services:
        with psycopg.connect(services.postgres.url) as connection:
            connection.execute("CREATE TABLE kept (n integer)")
            connection.execute("INSERT INTO kept VALUES (7)")
        redis.Redis.from_url(services.valkey.url(0)).set("kept", "8")
    with running(folder, durable=True) as services:
        with psycopg.connect(services.postgres.url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
        assert redis.Redis.from_url(services.valkey.url(0)).get("kept") == b"8"


def test_postgres_offers_the_extensions(folder):
    wanted = {"pg_trgm", "unaccent", "vector", "citext", "btree_gin", "pg_stat_statements"}
    with (
        running(folder, durable=False) as services,
        psycopg.connect(services.postgres.url) as connection,
    ):
        found = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    assert wanted <= {name for (name,) in found}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_root_lends_postgres_to_nobody(folder):
    with running(folder, durable=False):
        pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_services_end_with_a_starter_that_is_killed(folder):
    script = (
        "import sys, time; from pathlib import Path; from pinboard.local.services import Services;"
        "s = Services(Path(sys.argv[1]), durable=False); s.start();"
        "print(s.postgres.port, s.valkey.port, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert starter.stdout is not None
    ports = [int(port) for port in starter.stdout.readline().split()]
    starter.kill()
    starter.wait()
    starter.stdout.close()
    assert len(ports) == 2
    assert _within(15, lambda: not any(is_taken(port) for port in ports))
    with (
        running(folder, durable=False) as services,
        psycopg.connect(services.postgres.url) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_full_disk_is_told_in_a_sentence(folder, monkeypatch):
    monkeypatch.setattr("pinboard.local.postgres.NEEDED_BYTES", 10**18)
    with pytest.raises(LocalError, match="Make room, then start again"):
        Services(folder, durable=True).start()
    assert not (folder / "postgres" / "PG_VERSION").exists()


def _within(seconds, condition):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
