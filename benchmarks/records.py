"""Records of a page of the following feed: by the product's one statement, and out of a cache in Valkey,
behind the statement that visibility needs all the same.

The cache is as good as one can be: all of it is there, nothing has to be dropped from it, and all of a
page comes by one MGET. What it would be like if nobody asked who may see a pin is there for comparison.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import Any, NamedTuple

import orjson
from django_redis import get_redis_connection
from tqdm import tqdm

from apps.feed.selectors import following_feed
from apps.feed.timelines import entries_for, timeline_of
from apps.pins.counting import SAVES
from benchmarks import meters, report
from benchmarks.world import viewers
from pinboard.cache.commands import command
from pinboard.counters.counts import total_of
from pinboard.paging import Listing, Order, Window
from pinboard.records import Loader
from pinboard.related import NOTHING, Wanted, related
from pinboard.sql import IDS, VIEWER, array, as_viewer
from pinboard.table import column

REFERENCE = "one statement"
_SIZES = (25, 100)
_VIEWERS = 200
# A turn is short, so that many fit into the same minutes: so many for each round that is asked for.
_TURNS = 3
# What the product looks at beyond a page of its size.
SPARE = 21

# What is shown of a page (`benchmarks.pages`), column by column.
Columns = list[Sequence[Any]]
Read = Callable[[int, int], Columns]

_OF_PIN = ("id", "title")
_OF_RELATED = {
    "author": ("username", "display_name"),
    "board": ("name", "slug"),
    "picture": ("key", "state", "width", "height", "dominant_color"),
}
_WANTED = Wanted(
    frozenset(_OF_PIN),
    {
        **{name: Wanted(frozenset(columns)) for name, columns in _OF_RELATED.items()},
        "save_count": NOTHING,
    },
)


class _Id(NamedTuple):
    """What may be seen, and no more."""

    id: int


class _Counted(NamedTuple):
    """With the one thing that changes all the time."""

    id: int
    saves: int


class _Keys(NamedTuple):
    """By what the entries of a pin and of what it is related to are found."""

    id: int
    owner_id: int
    board_id: int
    picture_id: int
    line_id: int


_IDS = Loader(_Id, entries_for)
_COUNTED = Loader(
    _Counted, lambda viewer: entries_for(viewer).annotate(saves=total_of(SAVES, "line_id"))
)
_KEYS = Loader(_Keys, entries_for)
_NEWEST = Order("records.newest", ("-id",))

# Names of entries: with all that is shown of a pin, and of each kind, in the order of `_Keys`.
_WHOLE = b"whole:%d"
_KINDS = (b"pin:%d", b"author:%d", b"board:%d", b"picture:%d", b"saves:%d")
# Where the columns of each kind begin in those of a page.
_BEGINS = (0, 2, 4, 6, 11, 12)


def measure(options: argparse.Namespace) -> None:
    """What a page's records take, one page after the other, of Python, Postgres and Valkey."""
    people = [one.id for one in viewers(min(options.viewers, _VIEWERS))]
    bytes_a_pin = {name: _filled(fill, people) for name, fill in _FILLED.items()}
    _require_same(people)
    read = {"all": time.perf_counter, "Python": time.process_time, **meters.services()}
    pages = {
        f"{count} pins": report.rounds(
            _TURNS * options.rounds,
            {name: partial(_turn, read, one, people, count) for name, one in CONTENDERS.items()},
        )
        for count in tqdm(_SIZES, "records", file=sys.stderr)
    }
    report.publish_pages(
        "records",
        pages,
        rate="pages_a_second",
        reference=REFERENCE,
        folder=options.out,
        more={"bytes a pin": bytes_a_pin},
        parameters={"people": options.people, "viewers": len(people), "rounds": options.rounds},
    )


def _turn(
    read: dict[str, meters.Meter], one: Read, people: Sequence[int], count: int
) -> report.Figures:
    def work() -> None:
        for person in people:
            one(person, count)

    took = meters.used(read, work)
    each = {name: 1e3 * seconds / len(people) for name, seconds in took.items()}
    ms = {f"ms_of_{name}": one for name, one in each.items() if name != "all"}
    return {
        "pages_a_second": 1e3 / each["all"],
        "ms": each["all"],
        **ms,
        "ms_of_all_three": sum(ms.values()),
    }


def _by_statement(person: int, count: int) -> Columns:
    """The product's own."""
    (page,) = following_feed(person).pages([person], Window(first=count), _WANTED).get()
    pins = column(page.rows, "record")
    return [
        *(column(pins, name) for name in _OF_PIN),
        *(
            column(related(pins, name) or (), attribute)
            for name, columns in _OF_RELATED.items()
            for attribute in columns
        ),
        related(pins, "save_count") or (),
    ]


def _by_whole(person: int, count: int) -> Columns:
    """An entry has all that is shown of a pin."""
    return _whole(column(_visible(person, count, _IDS), "id"))


def _by_whole_counted(person: int, count: int) -> Columns:
    """The same, but for the count of saves, which is read with the visibility."""
    pins = _visible(person, count, _COUNTED)
    return [*_whole(column(pins, "id"))[:-1], column(pins, "saves")]


def _by_kinds(person: int, count: int) -> Columns:
    """Pins, people, boards, pictures and counts have entries of their own."""
    pins = _visible(person, count, _KEYS)
    found = _entries(_names_by_kind(pins))
    rows = (found[start : start + len(pins)] for start in range(0, len(found), len(pins)))
    return list(chain.from_iterable(zip(*some, strict=True) for some in rows))


def _by_whole_unasked(person: int, count: int) -> Columns:
    """As if all of a timeline were to be seen."""
    return _whole(timeline_of(person, count))


CONTENDERS: dict[str, Read] = {
    REFERENCE: _by_statement,
    "visibility, whole entries": _by_whole,
    "visibility, saves, whole entries": _by_whole_counted,
    "visibility, entries by kind": _by_kinds,
    "whole entries, nobody asks": _by_whole_unasked,
}


def _visible(person: int, count: int, loader: Loader[Any]) -> Sequence[Any]:
    """A page's pins, by the statement that the product asks, with other columns."""
    listing = Listing(
        lambda _viewer: loader.rows(VIEWER.expression()).filter(pk__any=IDS),
        _NEWEST,
        loader=loader,
        values={**as_viewer(person), IDS.name: array(timeline_of(person, count + SPARE))},
        name=f"records.{loader.record.__name__}",
    )
    (page,) = listing.pages([person], Window(first=count)).get()
    return column(page.rows, "record")


def _whole(pins: Sequence[int]) -> Columns:
    return list(zip(*_entries([_WHOLE % pin for pin in pins]), strict=True))


def _names_by_kind(pins: Sequence[Any]) -> list[bytes]:
    ids = (column(pins, name) for name in _Keys._fields)
    return [kind % one for kind, some in zip(_KINDS, ids, strict=True) for one in some]


def _entries(names: Sequence[bytes]) -> list[Any]:
    """Read by one call, and parsed by one."""
    found: list[Any] = orjson.loads(b"[%b]" % b",".join(command("MGET", *names)))
    return found


def _fill_whole(_person: int, columns: Columns) -> dict[bytes, bytes]:
    rows = zip(*columns, strict=True)
    return {_WHOLE % row[0]: orjson.dumps(row) for row in rows}


def _fill_kinds(person: int, columns: Columns) -> dict[bytes, bytes]:
    names = _names_by_kind(_visible(person, max(_SIZES), _KEYS))
    rows = chain(*(zip(*columns[a:b], strict=True) for a, b in pairwise(_BEGINS)))
    return dict(zip(names, map(orjson.dumps, rows), strict=True))


_FILLED = {"whole entries": _fill_whole, "entries by kind": _fill_kinds}


def _filled(fill: Callable[[int, Columns], dict[bytes, bytes]], people: Sequence[int]) -> float:
    """Put into the cache what people's pages show; the bytes that it takes for each pin."""
    client, pins = get_redis_connection("default"), set[int]()
    before = client.info("memory")["used_memory"]
    for person in people:
        columns = _by_statement(person, max(_SIZES))
        client.mset(fill(person, columns))
        pins.update(columns[0])
    return float(client.info("memory")["used_memory"] - before) / len(pins)


def _require_same(people: Sequence[int]) -> None:
    """What is not the same is not compared."""
    for person in people:
        wanted = _as_kept(_by_statement(person, max(_SIZES)))
        for name, read in CONTENDERS.items():
            if _as_kept(read(person, max(_SIZES))) != wanted:
                raise RuntimeError(f"{name} does not give what the product's statement gives.")


def _as_kept(columns: Columns) -> Any:
    return orjson.loads(orjson.dumps([list(one) for one in columns]))
