"""`python -m benchmarks`: that it runs, in small, and what it writes. No time is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT", "PRIVATE_ROOT")
SMALL = ("--people=60", "--viewers=3", "--followers=40", "--rounds=1", "--seconds=0.2")


def bench(*arguments):
    environment = {name: value for name, value in os.environ.items() if name not in SERVICES}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    done = bench(*SMALL, f"--out={folder}")
    assert done.returncode == 0, done.stderr
    return {path.stem: json.loads(path.read_text()) for path in folder.iterdir()}, done.stdout


@pytest.mark.parametrize(
    ("name", "rate", "contenders"),
    [
        ("feed_page", "requests_a_second", {"limit", "pinboard", "graphene-django"}),
        ("fan_out", "deliveries_a_second", {"pinboard", "pipeline of ZADD", "rows by bulk_create"}),
    ],
)
def test_contenders_are_measured_in_one_run(figures, name, rate, contenders):
    written, printed = figures
    found = written[name]["contenders"]
    assert set(found) == contenders
    best = max(one[rate] for one in found.values())
    assert all(one["ratio"] == pytest.approx(one[rate] / best) for one in found.values())
    assert {"cores", "python"} == set(written[name]["machine"])
    assert all(contender in printed for contender in contenders)


def test_an_unknown_name_is_told_before_anything_starts():
    done = bench("quickness")
    assert done.returncode == 2
    assert "there is no benchmark quickness" in done.stderr
