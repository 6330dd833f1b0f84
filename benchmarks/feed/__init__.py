"""The home feed: what a delivery costs, what a timeline takes, what a page and a rebuild cost, and how
late a new pin is."""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.feed import building, delivering, lag, memory, pages
from benchmarks.feed.results import Results

_PARTS: tuple[Callable[[argparse.Namespace, Results], None], ...] = (
    memory.measure,
    pages.measure,
    delivering.measure,
    lag.measure,
    building.measure,  # last: it makes the world larger
)


def measure(options: argparse.Namespace) -> None:
    """All rows, printed and written to feed.json as they come, and whether they are what they must be."""
    results = Results(options)
    for part in _PARTS:
        _told(part, options, results)
    results.judge()


def _told(part: Any, options: argparse.Namespace, results: Results) -> None:
    start = time.perf_counter()
    part(options, results)
    seconds = time.perf_counter() - start
    print(f"{part.__module__}: {seconds:.0f} s", file=sys.stderr)
