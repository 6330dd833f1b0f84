"""Settings from the environment: what is missing or wrong is told in a sentence, at start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

GOOD = {
    "PINBOARD_ENV": "production",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "pinboard.example, www.pinboard.example",
    "DATABASE_URL": "postgresql://u:p@db.example:5432/pinboard",
    "CACHE_URL": "redis://cache.example:6379/0",
    "CELERY_BROKER_URL": "redis://cache.example:6379/1",
}
SHOW = "from config import settings; print(settings.ALLOWED_HOSTS, settings.DEBUG, settings.SESSION_COOKIE_SECURE)"


def start(**changes):
    """Import the settings in a process that has this environment and no other."""
    environment = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SHOW],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_production_starts_with_what_it_needs():
    done = start()
    assert (done.returncode, done.stdout) == (
        0,
        "['pinboard.example', 'www.pinboard.example'] False True\n",
    )


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "ALLOWED_HOSTS"]
)
def test_production_refuses_to_start_without(name):
    done = start(**{name: None})
    assert done.returncode == 1
    assert done.stderr.startswith("Pinboard cannot start:\n")
    assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@h/x"),
        ("ID_SHARD", "64"),
        ("LOG_LEVEL", "LOUD"),
        ("PINBOARD_ENV", "staging"),
        ("SECRET_KEY", "short"),
        ("MAX_BOARDS", "many"),
        ("FEED_RECOMMENDER", "no path"),
        ("FEED_POPULAR_HALF_LIFE_HOURS", "0"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    done = start(**{name: value})
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_is_never_shown():
    done = start(SECRET_KEY="hunter2-hunter2")
    assert done.returncode == 1
    assert "hunter2" not in done.stderr + done.stdout
