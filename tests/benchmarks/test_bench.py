"""`python -m benchmarks`: that it runs, in small, and what it writes. No time is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT", "PRIVATE_ROOT")
SMALL = (
    "--people=60",
    "--viewers=3",
    "--followers=40",
    "--feed-followers=40",
    "--most-followers=50",
    "--rounds=1",
    "--seconds=0.2",
    "--no-packages",
)


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


OURS = {"limit", "pinboard, persisted document", "pinboard, document text"}
PAGES = {
    "feed_25": {*OURS, "graphene-django"},
    "feed_100": {*OURS, "graphene-django"},
    "three_levels": OURS,
}


def test_pages_of_the_api_are_measured_against_the_limit(figures):
    written, printed = figures
    graphql = written["graphql"]
    assert {page: set(found) for page, found in graphql["pages"].items()} == PAGES
    for contenders in graphql["pages"].values():
        limit = contenders["limit"]["requests_a_second"]
        for name, one in contenders.items():
            assert one["ratio"] == pytest.approx(one["requests_a_second"] / limit)
            assert one["cpu_ms_a_request"] > 0
            assert name in printed
    assert set(graphql["planning_ms"]) == set(PAGES)
    assert graphql["parameters"]["viewers"] == 3
    assert {"cores", "python"} == set(graphql["machine"])


def test_fan_outs_are_measured_in_one_run(figures):
    written, printed = figures
    found = written["fan_out"]["contenders"]
    assert set(found) == {"pinboard", "pipeline of ZADD", "rows by bulk_create"}
    best = max(one["deliveries_a_second"] for one in found.values())
    assert all(
        one["ratio"] == pytest.approx(one["deliveries_a_second"] / best) for one in found.values()
    )
    assert all(contender in printed for contender in found)


ROWS = {
    "deliveries through Celery",
    "cost of a delivery, µs, by followers",
    "a large author's pin, ms, by followers",
    "timeline",
    "building a timeline",
    "page of the following feed, by people followed",
}


def test_the_feed_is_measured_row_by_row(figures):
    written, printed = figures
    rows = written["feed"]["rows"]
    assert set(rows) == ROWS
    assert rows["deliveries through Celery"]["followers"] == 40
    assert rows["timeline"]["bytes an entry, MEMORY USAGE"] < 16
    assert rows["building a timeline"]["statements"] == 4
    assert set(rows["cost of a delivery, µs, by followers"]) == {"50"}
    assert all(what in printed for what in rows)


def test_an_unknown_name_is_told_before_anything_starts():
    done = bench("quickness")
    assert done.returncode == 2
    assert "there is no benchmark quickness" in done.stderr
