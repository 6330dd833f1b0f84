"""What timelines take in Valkey."""

import argparse
import sys
from collections.abc import Iterable, Sequence

from django_redis import get_redis_connection
from tqdm import tqdm

from apps.feed import store
from benchmarks.feed.results import Results
from benchmarks.followers import mint
from benchmarks.rows import BYTES, TIMELINE
from pinboard.cache import keys

# Nobody's ids, of the length that people's have.
_FIRST = 10**17
_STEPS = 8


def measure(options: argparse.Namespace, results: Results) -> None:
    """Full timelines, as Valkey says itself and as its memory grows with people."""
    client = get_redis_connection("default")
    ids = [mint() for _ in range(store.MAX_ENTRIES)]
    people = range(_FIRST, _FIRST + options.people)
    step = max(1, len(people) // _STEPS)
    points, before = [], _used()
    for number, person in enumerate(_bar(people), start=1):
        store.start_building(person)
        store.finish_building(person, ids)
        if number % step == 0:
            points.append([float(number), _used() - before])
    built = _used() - before
    _renew(people)
    grown = _used() - before
    own = client.memory_usage(keys.timeline(_FIRST))
    for person in people:
        store.drop(person)
    entries = store.MAX_ENTRIES
    results.curve("memory", points)
    results.row(
        TIMELINE,
        {
            "entries": entries,
            "bytes an entry, just built": built / len(people) / entries,
            "bytes an entry, MEMORY USAGE": own / entries,
            BYTES: grown / len(people) / entries,
        },
    )


def _renew(people: Sequence[int]) -> None:
    """Have timelines trimmed and filled again, as new pins do, which leaves room behind each."""
    for _ in _bar(range(store.SLACK + 1)):
        store.add(people, [mint()])


def _used() -> float:
    return float(get_redis_connection("default").info("memory")["used_memory"])


def _bar(people: range) -> Iterable[int]:
    return tqdm(people, desc=f"{'timelines':>12}", file=sys.stderr)
