"""Pins on their way to followers: through Celery, at each number of followers, and past the threshold."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from django.db import transaction
from django.test.utils import override_settings
from tqdm import tqdm

from apps.feed import store
from apps.feed.handlers import fan_out
from apps.media.models import Picture
from apps.pins.events import PinCreated
from apps.pins.models import Pin
from benchmarks import meters
from benchmarks.feed.results import Results, Row
from benchmarks.followers import Author, followed_by, make_author, make_people, mint
from benchmarks.rows import ALONE, COST, LARGE, OF_BARE, PER_SECOND, THROUGH_CELERY
from benchmarks.workers import workers
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver_due, publish

_PROCESSES = 2
_PATIENCE_SECONDS = 120
_SIZES = (100, 1_000, 10_000)
_THRESHOLD = 1_000
# So many deliveries are measured at least at once, by as many authors as have that many followers
# together, as it is when pins come by the hundred a second. Fewer for some sizes than for others would
# have these pay alone for finding the processor's caches cold.
_AT_ONCE = 100_000
# Of short timelines: the first pin that is appended makes room for as many, as it does in full ones when
# they were trimmed. What is measured behind it is not what it costs to move them.
_ENTRIES = 50


def measure(options: argparse.Namespace, results: Results) -> None:
    """Rates, costs, and what is the same for all."""
    wanted = {*_SIZES, options.feed_followers, options.most_followers}
    sizes = sorted(size for size in wanted if size <= options.most_followers)
    everybody = make_people(options.most_followers, entries=_ENTRIES)
    at_once = min(_AT_ONCE, options.most_followers)
    circles = {size: _authors(size, at_once // size, everybody) for size in sizes}
    authors = {size: circle[0] for size, circle in circles.items()}
    _through_celery(authors, options, results)
    rounds = options.rounds
    together = _in_turn(circles, 2 * rounds)
    results.row(COST, {_of(n): 1e6 * it / n / len(circles[n]) for n, it in together.items()})
    alone = _in_turn({size: [author] for size, author in authors.items()}, rounds)
    results.row(ALONE, {_of(size): 1e3 * seconds for size, seconds in alone.items()})
    results.row(LARGE, _merged(authors, rounds))


def _of(followers: int) -> str:
    return f"{followers:,}"


def _authors(size: int, count: int, everybody: list[int]) -> list[Author]:
    """So many authors, one at least, with followers from anywhere among all."""
    drawn = Random(size)
    return [
        followed_by(f"author{size}_{number}", sorted(drawn.sample(everybody, size)))
        for number in range(max(1, count))
    ]


def _through_celery(
    authors: dict[int, Author], options: argparse.Namespace, results: Results
) -> None:
    """Deliveries a second from the commit of a pin to the last follower, and of the bare call."""
    author = make_author("celery", options.feed_followers, entries=store.MAX_ENTRIES)
    whole, bare, points = [], [], []
    with workers(_PROCESSES) as pid:
        read = {**meters.services(), "workers": meters.family(pid)}
        deliver(author)  # warm
        took = dict.fromkeys(read, 0.0)
        for _ in _bar(range(options.rounds), "deliveries"):
            for name, seconds in meters.used(read, lambda: whole.append(deliver(author))).items():
                took[name] += seconds
            bare.append(_timed(lambda: store.add(author.followers, [mint()])))
        for size, one in authors.items():
            rounds = min(3, options.rounds)
            points.append(
                [float(size), size / statistics.median(deliver(one) for _ in range(rounds))]
            )
    _require_all(author)
    rate, of_bare = author.size / statistics.median(whole), author.size / statistics.median(bare)
    results.curve("deliveries", points)
    deliveries = author.size * len(whole)
    results.row(
        THROUGH_CELERY,
        {
            "followers, with full timelines": author.size,
            "worker processes": _PROCESSES,
            PER_SECOND: rate,
            "bare loop of the same call, one process": of_bare,
            OF_BARE: rate / of_bare,
            **{f"µs of {name} a delivery": 1e6 * one / deliveries for name, one in took.items()},
        },
    )


def deliver(author: Author) -> float:
    """Seconds from the commit of a new pin until the last follower has it.

    The deliveries of the outbox are done when all have been written, which is looked for until then.
    """
    with transaction.atomic():
        picture = Picture.objects.filter(state="READY")[0]
        pin = Pin.objects.create(owner_id=author.id, board_id=author.board_id, picture=picture)
        publish(PinCreated(pin.pk, author.id, author.board_id, None, None))
    start = time.perf_counter()
    while Delivery.objects.filter(subscriber__startswith="feed.").exists():
        if time.perf_counter() - start > _PATIENCE_SECONDS:
            raise RuntimeError("The deliveries do not end.")
        time.sleep(0.002)
    return time.perf_counter() - start


def _require_all(author: Author) -> None:
    pins = set(Pin.objects.filter(owner_id=author.id).values_list("pk", flat=True))
    missing = sum(not pins <= set(store.read(one) or ()) for one in author.followers[::97])
    if missing:
        raise RuntimeError(f"{missing} of a sample of timelines lack pins.")


def _in_turn(circles: dict[int, list[Author]], rounds: int) -> dict[int, float]:
    """The median of the seconds of Python, Postgres and Valkey that a pin by each author of a circle
    takes, all at once, in one process through the outbox. Circles have turns: what is compared was
    measured in the same minutes."""
    read = {**meters.services(), "Python": time.process_time}
    times: dict[int, list[float]] = {size: [] for size in circles}
    for circle in circles.values():
        in_process(*circle)  # warm, or finds that the author is large
    for _ in _bar(range(rounds), "costs"):
        for size, circle in circles.items():
            _publish(circle)
            times[size].append(sum(meters.used(read, _work_off).values()))
    return {size: statistics.median(seconds) for size, seconds in times.items()}


def in_process(*authors: Author) -> None:
    """A new pin by each to all of their followers, without Celery between."""
    _publish(authors)
    _work_off()


def _publish(authors: Sequence[Author]) -> None:
    """What the feed hears of a new pin by each, and nobody else."""
    with transaction.atomic():
        publish(*[PinCreated(mint(), one.id, one.board_id, None, None) for one in authors])
        Delivery.objects.exclude(subscriber=f"feed.{fan_out.__name__}").delete()


def _work_off() -> None:
    while deliver_due():
        pass


def _merged(authors: dict[int, Author], rounds: int) -> Row:
    """Milliseconds for a pin that is merged on read, of all who are above the threshold."""
    large = {size: [author] for size, author in authors.items() if size > _THRESHOLD}
    with override_settings(FEED_PUSH_MAX_FOLLOWERS=_THRESHOLD):
        found = _in_turn(large, 10 * rounds)
    return {_of(size): 1e3 * seconds for size, seconds in found.items()}


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _bar(items: range, label: str) -> Iterable[int]:
    return tqdm(items, desc=f"{label:>12}", file=sys.stderr)
