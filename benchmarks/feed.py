"""The home feed: what a delivery costs, through all of the way and at each size; what a timeline
takes; what building one costs; what a page costs whomever one follows."""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django_redis import get_redis_connection
from tqdm import tqdm

from apps.feed import fanout, store, timelines
from apps.feed.events import FanOutDue
from apps.feed.selectors import following_feed
from apps.follows.models import PersonFollow
from apps.media.models import Picture
from apps.pins.events import PinCreated
from apps.pins.models import Pin
from apps.users.models import User
from benchmarks import report
from benchmarks.followers import Author, make_author
from benchmarks.workers import workers
from pinboard.cache import keys
from pinboard.events.models import Delivery
from pinboard.events.outbox import deliver_due, publish
from pinboard.paging import Window
from pinboard.sql import rows

_PIN = 5
_PROCESSES = 2
_PATIENCE_SECONDS = 60


def measure(options: argparse.Namespace) -> None:
    """All rows, printed and written to feed.json."""
    found: dict[str, dict[str, float]] = {}
    found["deliveries through Celery"] = _through_celery(options)
    authors = _authors(options)
    found["cost of a delivery, µs, by followers"] = _pushed(authors, options.rounds)
    found["a large author's pin, ms, by followers"] = _merged(authors, options.rounds)
    found["timeline"] = _timeline(options)
    found["building a timeline"] = _building(options)
    found["page of the following feed, by people followed"] = _page(options)
    options.out.mkdir(parents=True, exist_ok=True)
    parameters = {"people": options.people, "followers": options.feed_followers}
    figures = {"rows": found, "parameters": parameters, "machine": report.machine()}
    (options.out / "feed.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    for what, values in found.items():
        print(f"\nfeed: {what}")
        for name, value in values.items():
            print(f"    {name:44}{value:>16,.2f}")


def _through_celery(options: argparse.Namespace) -> dict[str, float]:
    """Deliveries a second from the commit of a pin to the last follower, and of the bare call."""
    author = make_author("celery", options.feed_followers)
    count = len(author.followers)
    whole, bare = [], []
    with workers(_PROCESSES):
        _deliver(author)  # warm
        for _ in tqdm(range(options.rounds), desc=f"{'deliveries':>12}"):
            whole.append(count / _deliver(author))
            bare.append(count / _timed(lambda: store.add(author.followers, [_mint()])))
    missing = sum(len(store.read(one) or ()) < 1 + options.rounds for one in author.followers[::97])
    if missing:
        raise RuntimeError(f"{missing} of a sample of timelines lack pins.")
    return {
        "followers": count,
        "worker processes": _PROCESSES,
        "deliveries a second, median": statistics.median(whole),
        "bare loop of the same call, one process": statistics.median(bare),
        "ratio": statistics.median(whole) / statistics.median(bare),
    }


def _deliver(author: Author) -> float:
    """Seconds from the commit of a new pin until all that it led to is done."""
    with transaction.atomic():
        picture = Picture.objects.filter(state="READY")[0]
        pin = Pin.objects.create(owner_id=author.id, board_id=author.board_id, picture=picture)
        publish(PinCreated(pin.pk, author.id, author.board_id, None, None))
    start = time.perf_counter()
    while Delivery.objects.filter(subscriber__startswith="feed.").exists():
        if time.perf_counter() - start > _PATIENCE_SECONDS:
            raise RuntimeError("The deliveries do not end.")
        time.sleep(0.01)
    return time.perf_counter() - start


def _authors(options: argparse.Namespace) -> list[Author]:
    sizes = [size for size in (100, 1_000, 10_000, 100_000) if size < options.most_followers]
    return [make_author(f"author{size}", size) for size in (*sizes, options.most_followers)]


def _pushed(authors: list[Author], rounds: int) -> dict[str, float]:
    """Microseconds a delivery, in one process through outbox and handlers."""
    found = {}
    for author in authors:
        times = [_timed(lambda one=author: _in_process(one)) for _ in range(rounds)]
        size = len(author.followers)
        found[f"{size:,}"] = 1e6 * statistics.median(times) / size
    return found


def _merged(authors: list[Author], rounds: int) -> dict[str, float]:
    """Milliseconds for a pin that is merged on read, of all who have more than a thousand followers."""
    found = {}
    with override_settings(FEED_PUSH_MAX_FOLLOWERS=1_000):
        for author in authors:
            if len(author.followers) > 1_000:
                _in_process(author)  # finds that the author is large
                times = [_timed(lambda one=author: _in_process(one)) for _ in range(rounds)]
                found[f"{len(author.followers):,}"] = 1e3 * statistics.median(times)
    return found


def _in_process(author: Author) -> None:
    with transaction.atomic():
        fanout.start([FanOutDue([_mint()], author.id, author.board_id)])
    while deliver_due():
        pass


def _timeline(options: argparse.Namespace) -> dict[str, float]:
    """What a full timeline takes in Valkey, as it says itself and as its memory grows."""
    client = get_redis_connection("default")
    people = range(1, 2_001)
    ids = [_mint() for _ in range(store.MAX_ENTRIES)]
    before = client.info("memory")["used_memory"]
    for person in people:
        store.start_building(person)
        store.finish_building(person, ids)
    grown = client.info("memory")["used_memory"] - before
    own = client.memory_usage(keys.timeline(1))
    for person in people:
        store.drop(person)
    entries = store.MAX_ENTRIES
    return {
        "entries": entries,
        "bytes an entry, MEMORY USAGE": own / entries,
        "bytes an entry, used_memory": grown / len(people) / entries,
    }


def _building(options: argparse.Namespace) -> dict[str, float]:
    """Postgres's time, and statements, for one who follows a thousand."""
    follower, others = _follower(min(1_000, options.people - 1))
    times, statements = [], 0
    for _ in range(options.rounds):
        with CaptureQueriesContext(connection) as queries:
            whole = _timed(lambda: timelines.rebuild(follower))
        times.append((whole, sum(float(one["time"]) for one in queries)))
        statements = len(queries)
    return {
        "people followed": others,
        "pins in the world": Pin.objects.count(),
        "entries": len(store.read(follower) or ()),
        "statements": statements,
        "ms waiting for Postgres": 1e3 * statistics.median(own for _, own in times),
        "ms in all": 1e3 * statistics.median(whole for whole, _ in times),
    }


def _page(options: argparse.Namespace) -> dict[str, float]:
    """Processor milliseconds of a page's selector."""
    found = {}
    for count in (10, 1_000, 5_000):
        follower, others = _follower(min(count, options.people - 1))
        timelines.rebuild(follower)
        feed, window = following_feed(follower), Window(first=25)
        feed.pages([follower], window).get()
        times = []
        for _ in range(20 * options.rounds):
            start = time.thread_time()
            feed.pages([follower], window).get()
            times.append(time.thread_time() - start)
        found[f"{others:,}"] = 1e3 * statistics.median(times)
    return found


def _follower(count: int) -> tuple[int, int]:
    """A new person who follows `count` others of the world."""
    author = make_author(f"reader{count}_{_mint() % 1_000_000}", 0).id
    others = list(
        User.objects.filter(pk__in=Pin.objects.values("owner_id")).values_list("pk", flat=True)[
            :count
        ]
    )
    PersonFollow.objects.bulk_create(
        [PersonFollow(follower_id=author, person_id=other) for other in others]
    )
    return author, len(others)


def _mint() -> int:
    ((pin,),) = rows("SELECT pinboard_mint(%s)", [_PIN])
    return int(pin)


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
