"""How late a new pin is: pins are saved at a set rate, and feeds looked at as their owners do.

Writers, workers, Postgres, Valkey and whoever looks share the machine.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import takewhile
from typing import NamedTuple

from django.db.models import QuerySet
from tqdm import tqdm

from apps.feed.timelines import timeline_of
from benchmarks import meters, writing
from benchmarks.feed.results import Results, Row
from benchmarks.followers import Author, make_author
from benchmarks.rows import LAG, LAG_OF_SERVICE
from benchmarks.workers import workers
from pinboard.events.models import Delivery
from pinboard.local.process import end_with_parent

Writer = subprocess.Popen[str]

_RATES = (50, 100, 200, 400, 800, 1_600)
_STATED = 200
_AUTHORS = 50
# Of so many authors one follower is looked at, the last by id, whom a fan-out reaches last.
_LOOKED_AT = 10
_LOOK_SECONDS = 0.01
_LOOKED_AT_PINS = 100
_WRITERS = 2
_PROCESSES = 2
# A rate is too high where writers fall behind, or where lag has grown by more from the first half to
# the second.
_BEHIND, _GROWTH_SECONDS = 0.9, 1.0
_PATIENCE_SECONDS = 30


class Step(NamedTuple):
    """What a rate led to. Milliseconds; `later`: the median of the second half less that of the first."""

    rate: float
    reached: float
    pins: int
    p50: float
    p99: float
    later: float
    lost: int

    @property
    def is_too_much(self) -> bool:
        """Whether lag would grow for as long as pins came at this rate."""
        return (
            self.reached < _BEHIND * self.rate
            or self.later > 1e3 * _GROWTH_SECONDS
            or self.lost > 0
        )


def measure(options: argparse.Namespace, results: Results) -> None:
    """At doubled rates until it breaks, and at 200 a second in any case."""
    followers = min(1_000, options.feed_followers)
    authors = [make_author(f"writes{number}", followers) for number in range(_AUTHORS)]
    with workers(_PROCESSES) as pid, _writers(authors) as writers:
        read = {**meters.services(), "workers": meters.family(pid)}
        read["writers"] = lambda: sum(meters.family(one.pid)() for one in writers)
        run = _Run(authors, writers, read, options.lag_seconds)
        run.step(_RATES[0], "row")  # warm
        steps, row = run.until_it_breaks("row")
        results.curve("lag", [[one.reached, one.p50, one.p99] for one in steps])
        results.row(LAG, {"followers": followers, **row})
        run.step(_RATES[0], "service")  # warm
        results.row(LAG_OF_SERVICE, {"followers": followers, **run.until_it_breaks("service")[1]})


class _Run(NamedTuple):
    """Who writes, whose processor time is counted, and for how long each rate is kept up."""

    authors: Sequence[Author]
    writers: Sequence[Writer]
    read: dict[str, meters.Meter]
    seconds: float

    def until_it_breaks(self, by: str) -> tuple[list[Step], Row]:
        """Steps of doubled rates, and the row that they make."""
        steps: list[Step] = []
        shares: Row = {}
        for rate in _bar(_RATES):
            before = {name: meter() for name, meter in self.read.items()}
            steps.append(self.step(rate, by))
            if rate <= _STATED:
                shares = {
                    f"ms of {name} a pin": 1e3 * (meter() - before[name]) / steps[-1].pins
                    for name, meter in self.read.items()
                }
            if steps[-1].is_too_much and rate >= _STATED:
                break
        return steps, {**_row(steps), **shares}

    def step(self, rate: float, by: str) -> Step:
        """What a rate leads to; when all is done."""
        looked_at = {one.id: one.followers[-1] for one in self.authors[:_LOOKED_AT]}
        for one in self.writers:
            assert one.stdin is not None
            one.stdin.write(f"{rate / len(self.writers)} {self.seconds} {by}\n")
            one.stdin.flush()
        with ThreadPoolExecutor(len(self.writers)) as pool:
            lines = [pool.submit(_line, one) for one in self.writers]
            seen = _look(looked_at, lines)
            written = [tuple(each) for line in lines for each in json.loads(line.result())]
        _drain()
        return _told(rate, self.seconds, written, looked_at, seen)


@contextmanager
def _writers(authors: Sequence[Author]) -> Iterator[list[Writer]]:
    """Writers that are ready, each for some of the authors."""
    places = [[one.id, one.board_id] for one in authors]
    command = [sys.executable, "-W", "ignore", "-c", writing.START]
    writers = [
        subprocess.Popen(
            [*command, json.dumps(places[number::_WRITERS])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=end_with_parent,
        )
        for number in range(_WRITERS)
    ]
    try:
        for one in writers:
            _line(one)
        yield writers
    finally:
        for one in writers:
            one.terminate()
            one.wait()


def _line(writer: Writer) -> str:
    assert writer.stdout is not None
    line = writer.stdout.readline()
    if not line:
        raise RuntimeError("A writer ended; its words are above.")
    return line


def _row(steps: Sequence[Step]) -> Row:
    found: Row = {}
    for one in steps:
        found[f"at {one.rate:,.0f} a second: reached"] = one.reached
        found[f"at {one.rate:,.0f} a second: median"] = one.p50
        found[f"at {one.rate:,.0f} a second: 99th percentile"] = one.p99
    bearable = [one.rate for one in takewhile(lambda one: not one.is_too_much, steps)]
    found["highest rate that holds"] = max(bearable, default=0.0)
    broken = [one.rate for one in steps if one.is_too_much]
    found["rate at which it breaks"] = min(broken, default=0.0)
    return found


def _look(
    looked_at: dict[int, int], lines: Sequence["Future[str]"]
) -> dict[tuple[int, int], float]:
    """When each pin was first there, by pin and author, until nothing more comes."""
    seen: dict[tuple[int, int], float] = {}
    end = None
    while end is None or time.monotonic() < end:
        for author, follower in looked_at.items():
            there, now = timeline_of(follower, _LOOKED_AT_PINS), time.monotonic()
            for pin in there:
                seen.setdefault((pin, author), now)
        time.sleep(_LOOK_SECONDS)
        if end is None and all(line.done() for line in lines):
            end = time.monotonic() + _PATIENCE_SECONDS
        if end is not None and not _waiting().exists():
            end = min(end, time.monotonic() + 5 * _LOOK_SECONDS)
    return seen


def _told(
    rate: float,
    seconds: float,
    written: Sequence[tuple[int, int, float]],
    looked_at: dict[int, int],
    seen: dict[tuple[int, int], float],
) -> Step:
    times, lost = [], 0
    for author, pin, at in sorted(written, key=lambda one: one[2]):
        if author in looked_at:
            if (pin, author) in seen:
                times.append(1e3 * max(0.0, seen[pin, author] - at))
            else:
                lost += 1
    half = len(times) // 2
    later = _middle(times[half:]) - _middle(times[:half])
    ordered = sorted(times)
    p99 = ordered[int(0.99 * len(ordered))] if ordered else 0.0
    return Step(rate, len(written) / seconds, len(written), _middle(times), p99, later, lost)


def _middle(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2] if times else 0.0


def _drain() -> None:
    """Wait until nothing is left of the step, for a while."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _waiting().exists() and time.monotonic() < deadline:
        time.sleep(0.1)


def _waiting() -> QuerySet[Delivery]:
    return Delivery.objects.filter(dead_at=None)


def _bar(rates: Sequence[int]) -> Iterable[int]:
    return tqdm(rates, desc=f"{'lag':>12}", file=sys.stderr)
