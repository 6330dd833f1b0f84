"""`python -m benchmarks`: that it runs, in small, and what it writes. No time is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import records as pages_of_records
from benchmarks import rows as verdicts
from benchmarks.contenders import timelines
from benchmarks.curves import CURVES, draw_all
from benchmarks.options import NAMES, parse
from benchmarks.plan import Assumptions, measured, plan

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "MEDIA_ROOT", "PRIVATE_ROOT")
SMALL = (
    "--people=60",
    "--viewers=3",
    "--followers=40",
    "--feed-followers=40",
    "--most-followers=50",
    "--rounds=1",
    "--pins=10000",
    "--lag-seconds=0.2",
    "--seconds=0.2",
    "--timelines=5",
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
    """What all benchmarks but the long one write, by name, and print: one run, on one world."""
    folder = tmp_path_factory.mktemp("bench")
    done = bench(*(name for name in NAMES if name != "endurance"), *SMALL, f"--out={folder}")
    assert done.returncode == 0, done.stderr
    return {path.stem: json.loads(path.read_text()) for path in folder.iterdir()}, done.stdout


OURS = {
    "limit",
    "limit, with visibility",
    "pinboard, persisted document",
    "pinboard, document text",
}
PAGES = ["feed_25", "feed_100", "three_levels"]


def test_pages_of_the_api_are_measured_against_the_limit(figures):
    written, printed = figures
    graphql = written["graphql"]
    found = graphql["contenders"]
    assert {name: list(one) for name, one in found.items()} == {
        **dict.fromkeys(OURS, PAGES),
        "graphene-django": PAGES[:2],
    }
    for name, pages in found.items():
        assert name in printed
        for page, one in pages.items():
            limit = found["limit"][page]["requests_a_second"]
            assert one["ratio"] == pytest.approx(one["requests_a_second"] / limit)
            assert one["cpu_ms_a_request"] > 0
    assert list(graphql["planning_ms"]) == PAGES
    assert all(one["what"] in printed for one in graphql["verdicts"])
    assert len(graphql["verdicts"]) == 5  # the others that bring packages are left out
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


def test_the_feed_is_measured_row_by_row(figures):
    written, printed = figures
    feed = written["feed"]
    rows = feed["rows"]
    assert set(rows) == {
        verdicts.THROUGH_CELERY,
        verdicts.COST,
        verdicts.ALONE,
        verdicts.LARGE,
        verdicts.TIMELINE,
        verdicts.PAGE,
        verdicts.PAGE_BESIDE,
        verdicts.BY_FOLLOWED,
        verdicts.BUILDING,
        verdicts.LAG,
        verdicts.LAG_OF_SERVICE,
    }
    assert rows[verdicts.THROUGH_CELERY]["followers, with full timelines"] == 40
    assert rows[verdicts.TIMELINE]["bytes an entry, MEMORY USAGE"] < 16
    assert rows[verdicts.BUILDING][verdicts.STATEMENTS] == 4
    assert rows[verdicts.BUILDING]["pins in the world"] == 10_000
    assert set(rows[verdicts.COST]) == {"40", "50"}
    assert all(what in printed for what in rows)
    assert all(one["what"] in printed for one in feed["verdicts"])
    assert len(feed["verdicts"]) == 8  # nobody is large among so few


def test_what_was_measured_can_be_drawn_and_planned_with(figures, tmp_path):
    feed = figures[0]["feed"]
    assert {file.stem for file in draw_all(feed["curves"], tmp_path)} == set(CURVES)
    assert all(line.value > 0 for line in plan(Assumptions(), measured(feed)))


def test_what_was_decided_can_be_measured_again(figures):
    structures, records = (figures[0][name] for name in ("structures", "records"))
    assert set(structures["contenders"]) == set(timelines.CONTENDERS)
    assert {len(done) for done in structures["contenders"].values()} == {6}
    reference = structures["contenders"][timelines.REFERENCE]
    assert {one["ratio"] for one in reference.values()} == {1}
    told = structures["bytes an entry, MEMORY USAGE"]
    assert told["list"] < told[timelines.REFERENCE] < 16 < told["sorted set, skiplist"]
    contenders = records["contenders"]
    assert set(contenders) == set(pages_of_records.CONTENDERS)
    assert {tuple(pages) for pages in contenders.values()} == {("25 pins", "100 pins")}
    reference = contenders[pages_of_records.REFERENCE]
    assert all(page["ms_of_Postgres"] > 0 for page in reference.values())


def test_without_a_name_those_are_run_that_take_no_minutes(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    assert parse().names == ["graphql", "fan_out", "feed"]


def test_an_unknown_name_is_told_before_anything_starts():
    done = bench("quickness")
    assert done.returncode == 2
    assert "there is no benchmark quickness" in done.stderr
