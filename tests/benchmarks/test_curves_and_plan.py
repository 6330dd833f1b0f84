"""What is made of the feed's figures: curves, verdicts and a plan."""

import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmarks import rows as verdicts
from benchmarks.curves import CURVES, draw_all
from benchmarks.plan import Assumptions, Measured, markdown, measured, plan, put_into

POINTS = {
    "deliveries": [[100, 9_000], [1_000_000, 330_000]],
    "pages": [[10, 18, 41], [5_000, 19, 44]],
    "memory": [[1_000, 6_500_000], [10_000, 65_000_000]],
    "lag": [[50, 20, 60], [200, 40, 120]],
}
ROWS = {
    verdicts.THROUGH_CELERY: {
        verdicts.PER_SECOND: 250_000,
        verdicts.OF_BARE: 0.49,
        "µs of Valkey a delivery": 1.5,
        "µs of workers a delivery": 1.0,
        "µs of Postgres a delivery": 0.5,
    },
    verdicts.COST: {"100": 5.0, "1,000": 3.0},
    verdicts.LARGE: {"10,000": 3.0, "1,000,000": 3.3},
    verdicts.TIMELINE: {verdicts.BYTES: 8.2},
    verdicts.PAGE: {verdicts.BARE: 1.0, verdicts.RANKED: 2.4},
    verdicts.PAGE_BESIDE: {"Postgres": 1.2, "Valkey": 0.1},
    verdicts.BY_FOLLOWED: {"10": 2.4, "5,000": 2.5},
    verdicts.BUILDING: {verdicts.POSTGRES_MS: 51.0, verdicts.STATEMENTS: 4},
    verdicts.LAG_OF_SERVICE: {"ms of writers a pin": 3.0, "ms of Postgres a pin": 2.0},
}
TOLD = Assumptions(
    people=86_400_000,
    active_in_30_days=0.5,
    active_a_day=0.1,
    pins_a_day=1,
    followers=100,
    pages_a_day=10,
    returning_a_day=0.01,
    peak=2,
    cores=10,
    memory_gb=100,
    fill=0.5,
    copies=2,
)
FOUND = Measured(
    bytes_a_timeline=10_000,
    valkey_us=2,
    worker_us=1,
    postgres_us=1,
    page_ms=2,
    page_postgres_ms=1,
    page_valkey_ms=0,
    rebuild_ms=40,
    write_ms=5,
    write_postgres_ms=5,
)


def test_the_same_figures_are_the_same_pictures(tmp_path):
    first = draw_all(POINTS, tmp_path / "first")
    again = draw_all(POINTS, tmp_path / "again")
    assert [file.name for file in first] == [f"{name}.svg" for name in CURVES]
    for one, other in zip(first, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size < 40_000
        assert ElementTree.parse(one).getroot().tag.endswith("svg")


def test_what_was_not_measured_is_not_drawn(tmp_path):
    assert draw_all({"lag": [], "memory": POINTS["memory"]}, tmp_path) == [tmp_path / "memory.svg"]


def test_each_figure_is_judged():
    assert [one.holds for one in verdicts.verdicts(ROWS)] == [
        True,
        False,
        True,
        False,
        True,
        True,
        True,
        False,
        True,
    ]
    by_what = {one.what: one for one in verdicts.verdicts(ROWS)}
    large = by_what["a large author's pin, largest of smallest"]
    assert (large.must, large.found) == ("at most 1.2", pytest.approx(1.1))


def test_a_plan_is_counted_from_people_and_figures():
    lines = {one.what: one.value for one in plan(TOLD, FOUND)}
    assert lines == pytest.approx(
        {
            "new pins": 200,
            "deliveries": 10_000,
            "pages of the home feed": 2_000,
            "timelines built anew": 20,
            "timelines": 432,
            "Valkey primaries": 9,  # 432 GB, of 50 a machine
            "Valkey machines": 18,
            "worker cores": 0.02,
            "worker machines": 1,
            "web cores": 10,  # 8 for pages, 2 for pins
            "web machines": 1,
            "Postgres cores": 7.6,  # pins 2, pages 4, building 1.6
            "Postgres partitions": 1,
        }
    )


def test_more_people_never_take_fewer_machines():
    before = plan(TOLD, FOUND)
    for times in (2, 10, 100):
        more = plan(replace(TOLD, people=TOLD.people * times), FOUND)
        assert all(one.value >= less.value for one, less in zip(more, before, strict=True))
        before = more


def test_figures_are_taken_from_the_rows():
    found = measured({"rows": ROWS})
    assert found == Measured(8.2 * 800, 1.5, 1.0, 0.5, 2.4, 1.2, 0.1, 51.0, 3.0, 2.0)


def test_a_plan_is_told_as_tables():
    told = markdown(TOLD, plan(TOLD, FOUND)).splitlines()
    assert "| followers | 100 |" in told
    assert "| deliveries | 10,000 a second | pins × followers × active in 30 days |" in told


def test_a_plan_is_put_where_the_page_has_one():
    page = "# Plan\n<!-- plan -->\nold\n<!-- end of the plan -->\nmore\n"
    put = put_into(page, "| new |")
    assert put == "# Plan\n<!-- plan -->\n\n| new |\n\n<!-- end of the plan -->\nmore\n"
    assert put_into(put, "| new |") == put
    with pytest.raises(ValueError, match="no place for a plan"):
        put_into("# Plan\n", "| new |")


def test_curves_and_plan_need_no_settings():
    for module in ("curves", "plan"):
        command = [sys.executable, "-m", f"benchmarks.{module}", "--help"]
        done = subprocess.run(command, env={}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
