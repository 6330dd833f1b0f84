"""`python -m benchmarks.plan`: how many machines a number of people take, from the figures of `make bench`.

It reads build/bench/feed.json and prints Markdown, or puts it into a page (--into). What is assumed of
people and machines is in `Assumptions`, each of which an option changes: --people 100000000 --pins-a-day 2 …
"""

import argparse
import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.rows import (
    BUILDING,
    BYTES,
    LAG_OF_SERVICE,
    PAGE,
    PAGE_BESIDE,
    POSTGRES_MS,
    RANKED,
    THROUGH_CELERY,
    TIMELINE,
)

_DAY = 86_400
_ENTRIES = 800
_BEGIN, _END = "<!-- plan -->", "<!-- end of the plan -->"


@dataclass(frozen=True)
class Assumptions:
    """People, what they do, and machines."""

    people: float = 100e6
    active_in_30_days: float = 0.5
    active_a_day: float = 0.2
    pins_a_day: float = 2.0  # of each who is active that day, saves among them
    followers: float = 200.0  # the mean of who is pinned by, those of large authors aside
    pages_a_day: float = 40.0  # of the home feed, of each who is active that day
    returning_a_day: float = 0.005  # of all people, after a month or more
    peak: float = 2.5  # the busiest hour as a multiple of the mean
    cores: float = 16.0  # of a machine
    memory_gb: float = 128.0  # of a machine
    fill: float = 0.6  # of cores and memory that is planned for
    copies: float = 2.0  # of each timeline: a primary and a replica
    core_speed: float = 1.0  # as a multiple of one that was measured on


@dataclass(frozen=True)
class Measured:
    """What the plan takes from the benchmark."""

    bytes_a_timeline: float
    valkey_us: float  # of a delivery
    worker_us: float
    postgres_us: float
    page_ms: float
    page_postgres_ms: float
    page_valkey_ms: float
    rebuild_ms: float
    write_ms: float  # of a pin that is saved: the service
    write_postgres_ms: float


class Line(NamedTuple):
    """One figure of the plan."""

    what: str
    value: float
    unit: str
    how: str


def measured(figures: dict[str, Any]) -> Measured:
    """From feed.json."""
    rows = figures["rows"]
    celery, lag = rows[THROUGH_CELERY], rows[LAG_OF_SERVICE]
    return Measured(
        bytes_a_timeline=rows[TIMELINE][BYTES] * _ENTRIES,
        valkey_us=celery["µs of Valkey a delivery"],
        worker_us=celery["µs of workers a delivery"],
        postgres_us=celery["µs of Postgres a delivery"],
        page_ms=rows[PAGE][RANKED],
        page_postgres_ms=rows[PAGE_BESIDE]["Postgres"],
        page_valkey_ms=rows[PAGE_BESIDE]["Valkey"],
        rebuild_ms=rows[BUILDING][POSTGRES_MS],
        write_ms=lag["ms of writers a pin"],
        write_postgres_ms=lag["ms of Postgres a pin"],
    )


def plan(told: Assumptions, found: Measured) -> list[Line]:
    """Rates at the peak, and what bears them."""
    a_second = told.people * told.active_a_day / _DAY * told.peak
    pins = a_second * told.pins_a_day
    pages = a_second * told.pages_a_day
    deliveries = pins * told.followers * told.active_in_30_days
    rebuilds = told.people * told.returning_a_day / _DAY * told.peak
    timelines = told.people * told.active_in_30_days
    memory = timelines * found.bytes_a_timeline / 1e9

    def cores(rate: float, seconds: float) -> float:
        return rate * seconds / told.core_speed / told.fill

    def machines(wanted: float) -> float:
        return math.ceil(wanted / told.cores)

    valkey = cores(deliveries, found.valkey_us / 1e6) + cores(pages, found.page_valkey_ms / 1e3)
    # One core of a Valkey runs commands, whatever the machine has.
    primaries = max(math.ceil(valkey), math.ceil(memory / told.memory_gb / told.fill))
    workers = cores(deliveries, found.worker_us / 1e6)
    web = cores(pages, found.page_ms / 1e3) + cores(pins, found.write_ms / 1e3)
    # What a pin takes of Postgres when it is saved has its fan-out to a thousand in it.
    postgres = (
        cores(pins, found.write_postgres_ms / 1e3)
        + cores(max(0.0, deliveries - 1_000 * pins), found.postgres_us / 1e6)
        + cores(pages, found.page_postgres_ms / 1e3)
        + cores(rebuilds, found.rebuild_ms / 1e3)
    )
    partitions = math.ceil(postgres / told.cores)
    return [
        Line("new pins", pins, "a second", "active a day × pins a day × peak"),
        Line("deliveries", deliveries, "a second", "pins × followers × active in 30 days"),
        Line("pages of the home feed", pages, "a second", "active a day × pages a day × peak"),
        Line("timelines built anew", rebuilds, "a second", "returning a day × peak"),
        Line("timelines", memory, "GB", f"active in 30 days × {found.bytes_a_timeline:,.0f} bytes"),
        Line(
            "Valkey primaries", primaries, "", "by memory, or by a core each for fan-out and pages"
        ),
        Line(
            "Valkey machines",
            max(
                math.ceil(memory * told.copies / told.memory_gb / told.fill),
                machines(primaries * told.copies / told.fill),
            ),
            "",
            "copies, by memory or by a core a node",
        ),
        Line("worker cores", workers, "", f"deliveries × {found.worker_us:.2f} µs"),
        Line("worker machines", machines(workers), "", "by cores"),
        Line(
            "web cores", web, "", f"pages × {found.page_ms:.2f} ms, pins × {found.write_ms:.2f} ms"
        ),
        Line("web machines", machines(web), "", "by cores"),
        Line(
            "Postgres cores",
            postgres,
            "",
            f"pages × {found.page_postgres_ms:.2f} ms, pins, followers, building timelines",
        ),
        Line(
            "Postgres partitions", partitions, "", "by person, a machine each; replicas beside them"
        ),
    ]


def markdown(told: Assumptions, lines: list[Line]) -> str:
    """Tables: what is assumed, and what comes of it."""
    assumed = [
        f"| {one.name.replace('_', ' ')} | {getattr(told, one.name):,g} |" for one in fields(told)
    ]
    found = [f"| {one.what} | {_spelled(one.value)} {one.unit} | {one.how} |" for one in lines]
    return "\n".join(
        [
            "| assumed | |",
            "| --- | --- |",
            *assumed,
            "",
            "| | | how |",
            "| --- | --- | --- |",
            *found,
        ]
    )


def put_into(page: str, tables: str) -> str:
    """A page with these tables where its plan is."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    if not after:
        raise ValueError(f"The page has no place for a plan: {_BEGIN} … {_END}")
    return f"{before}{_BEGIN}\n\n{tables}\n\n{_END}{after}"


def _spelled(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Machines for a number of people.")
    parser.add_argument("--figures", type=Path, default=Path("build/bench/feed.json"))
    parser.add_argument("--into", type=Path, help="a page with a place for the plan")
    for one in fields(Assumptions):
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=float, default=one.default)
    options = vars(parser.parse_args())
    found, page = measured(json.loads(options.pop("figures").read_text())), options.pop("into")
    told = Assumptions(**options)
    tables = markdown(told, plan(told, found))
    if page is None:
        print(tables)
    else:
        page.write_text(put_into(page.read_text(), tables))


if __name__ == "__main__":
    main()
