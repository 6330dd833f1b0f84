"""Timelines in several structures of Valkey's: what is done to them all day, and what they take."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from django_redis import get_redis_connection
from tqdm import tqdm

from apps.feed import store
from benchmarks import meters, report
from benchmarks.contenders.timelines import CONTENDERS, REFERENCE, Timelines
from benchmarks.followers import mint
from benchmarks.world import SEED
from pinboard.cache import keys

# Nobody's ids, of the length that people's have; each contender has so many.
_FIRST, _EACH = 10**17, 10**10
# So many entries each has at least. After so many more it was trimmed once, and is full again.
_KEPT = store.MAX_ENTRIES - store.SLACK
_CYCLE = store.SLACK + 1
_PAGE, _MERGED = 50, 100
_AGAIN = 8
# What goes person by person is measured on fewer.
_FEW = 500

# What is measured, and how often it is done at that.
Work = tuple[Callable[[], Any], int]


@dataclass(frozen=True)
class _Filled:
    """Full timelines of one structure. `ids`: what all of them were given and have not lost, in order.
    `draw`: draws alike for each structure."""

    structure: Timelines
    people: range
    ids: list[int] = field(default_factory=list)
    draw: Random = field(default_factory=lambda: Random(SEED))

    def deliver(self, times: int) -> None:
        for _ in range(times):
            self.ids.append(mint())
            self.structure.add(self.people, self.ids[-1:])

    def set_up(self) -> None:
        """Have Valkey keep this structure as it is."""
        entries = self.structure.listpack_entries
        get_redis_connection("default").config_set("zset-max-listpack-entries", entries)

    def require_encoding(self) -> None:
        found = get_redis_connection("default").object("ENCODING", keys.timeline(self.people[0]))
        if found.decode() != self.structure.encoding:
            raise RuntimeError(f"It is a {found!r}, not a {self.structure.encoding}.")


def measure(options: argparse.Namespace) -> None:
    """Memory of full timelines, then what is done to them, one thing after the other, all in turn."""
    made: dict[str, _Filled] = {}
    taken: dict[str, float] = {}
    told: dict[str, float] = {}
    for number, (name, structure) in enumerate(
        tqdm(CONTENDERS.items(), "structures", file=sys.stderr)
    ):
        first = _FIRST + number * _EACH
        made[name] = _Filled(structure, range(first, first + options.timelines))
        taken[name], told[name] = _bytes(made[name])
    _require_same_answers(made)
    pages = {
        what: report.rounds(
            options.rounds, {name: partial(_turn, prepare, one) for name, one in made.items()}
        )
        for what, prepare in tqdm(_DONE.items(), "structures", file=sys.stderr)
    }
    for one in made.values():
        one.require_encoding()
        for person in one.people:
            store.drop(person)
    report.publish_pages(
        "structures",
        pages,
        rate="a_second",
        reference=REFERENCE,
        folder=options.out,
        more={"bytes an entry, used_memory": taken, "bytes an entry, MEMORY USAGE": told},
        parameters={"timelines": options.timelines, "rounds": options.rounds},
    )


def _bytes(one: _Filled) -> tuple[float, float]:
    """For each entry of timelines that were trimmed and are full again, which they are most of their time:
    as Valkey's memory grows, and as it says itself."""
    client = get_redis_connection("default")
    one.set_up()
    before = _used_memory()
    one.ids.extend(mint() for _ in range(store.MAX_ENTRIES))
    one.structure.fill(one.people, one.ids)
    one.deliver(_CYCLE)
    entries = store.MAX_ENTRIES
    one.require_encoding()
    taken = (_used_memory() - before) / len(one.people) / entries
    return taken, client.memory_usage(keys.timeline(one.people[0]), samples=0) / entries


def _used_memory() -> int:
    return int(get_redis_connection("default").info("memory")["used_memory"])


def _turn(prepare: Callable[[_Filled], Work], one: _Filled) -> report.Figures:
    one.set_up()
    work, times = prepare(one)
    read = {"all": time.perf_counter, "Python": time.process_time, "Valkey": meters.valkey}
    took = meters.used(read, work)
    return {
        "a_second": times / took["all"],
        "us": 1e6 * took["all"] / times,
        "us_of_Valkey": 1e6 * took["Valkey"] / times,
        "us_of_Python": 1e6 * took["Python"] / times,
    }


def _delivery(one: _Filled) -> Work:
    """As many as there are from one trimming to the next."""
    return lambda: one.deliver(_CYCLE), _CYCLE * len(one.people)


def _again(one: _Filled) -> Work:
    one.deliver(_AGAIN)
    newest = one.ids[-_AGAIN:]
    return lambda: [one.structure.add(one.people, [pin]) for pin in newest], _AGAIN * len(
        one.people
    )


def _read(count: int, one: _Filled) -> Work:
    return lambda: [one.structure.read(person, count) for person in one.people], len(one.people)


def _removal(one: _Filled) -> Work:
    middle = one.ids.pop(-store.MAX_ENTRIES // 2)
    return lambda: one.structure.remove(one.people, middle), len(one.people)


def _merging(one: _Filled) -> Work:
    """As a follow has it: a call for one person."""
    some = one.draw.sample(one.people, min(_FEW, len(one.people)))
    ids = _between(one.ids, one.draw)
    return lambda: [one.structure.add([person], ids) for person in some], len(some)


def _between(ids: Sequence[int], draw: Random) -> list[int]:
    """Ids that belong among the newest of these, evenly drawn."""
    return sorted(draw.sample(range(ids[-_KEPT], ids[-1]), _MERGED))


_DONE: dict[str, Callable[[_Filled], Work]] = {
    "a new id, trimmed as it falls due": _delivery,
    f"reading the newest {_PAGE}": partial(_read, _PAGE),
    f"reading all {store.MAX_ENTRIES}": partial(_read, store.MAX_ENTRIES),
    "an id that is there": _again,
    "taking an id out of the middle": _removal,
    f"merging {_MERGED} ids": _merging,
}


def _require_same_answers(made: dict[str, _Filled]) -> None:
    """What is not the same is not compared. Doubles push some of the oldest out, so these are not asked."""
    ids = sorted(mint() for _ in range(store.MAX_ENTRIES))
    new, more, gone = mint(), _between(ids, Random(SEED)), ids[store.MAX_ENTRIES // 2]
    wanted = sorted({*ids, *more, new} - {gone}, reverse=True)[: store.MAX_ENTRIES - _MERGED]
    for name, one in made.items():
        nobody = [one.people[-1] + 1]
        one.set_up()
        one.structure.fill(nobody, ids)
        for some in ([new], [new], more, more):
            one.structure.add(nobody, some)
        one.structure.remove(nobody, gone)
        if one.structure.read(nobody[0], len(wanted)) != wanted:
            raise RuntimeError(f"{name} does not hold what it was given.")
        store.drop(nobody[0])
