"""Building one timeline, of somebody who follows a thousand people, in a world of a million pins."""

import argparse
import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.feed import store, timelines
from apps.pins.models import Pin
from benchmarks import meters, world
from benchmarks.feed.results import Results
from benchmarks.rows import BUILDING, POSTGRES_MS, STATEMENTS

_FOLLOWED = 1_000


def measure(options: argparse.Namespace, results: Results) -> None:
    """Postgres's own time, and statements."""
    world.grow_to(options.pins)
    follower = world.reader("builds", _FOLLOWED)
    timelines.rebuild(follower.id)  # what it reads is in memory then, and its plans are made
    with CaptureQueriesContext(connection) as queries:
        timelines.rebuild(follower.id)
    postgres = {"processor": meters.services()["Postgres"]}
    whole, own, processor = [], [], []
    for _ in range(options.rounds):
        nothing = -meters.active_milliseconds() + meters.active_milliseconds()
        before = meters.active_milliseconds()
        start = time.perf_counter()
        timelines.rebuild(follower.id)
        whole.append(1_000 * (time.perf_counter() - start))
        own.append(meters.active_milliseconds() - before - nothing)
        used = meters.used(postgres, lambda: timelines.rebuild(follower.id))
        processor.append(1_000 * used["processor"])
    results.row(
        BUILDING,
        {
            "people followed": follower.followed,
            "pins in the world": Pin.objects.count(),
            "entries": len(store.read(follower.id) or ()),
            STATEMENTS: len(queries),
            POSTGRES_MS: statistics.median(own),
            "ms of Postgres's processor": statistics.median(processor),
            "ms in all": statistics.median(whole),
        },
    )
