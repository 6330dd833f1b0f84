"""Timelines in Valkey: for each person the ids of the newest pins of whom and what they follow.

Large authors and topics have timelines too, of their own pins: whoever says "person" here means these.

A timeline is one string: eight zero bytes, then ids of eight bytes. The zeros tell an empty timeline
from one that is not there, which gets nothing: it is built from Postgres when it is read. A new pin is
an APPEND, so ids are nearly in order and a few may be there twice; `read` puts that right. Pins that
come late are put where they belong.

While a timeline is built, pins that come meanwhile wait in a string of the same form beside it. Whoever
builds it puts both together, and with what others have built meanwhile: nothing is lost whoever is last.

All keys of a person share a cluster's slot. One call writes those of many people (`run_for_many`).
"""

import struct
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import numpy as np
from django_redis import get_redis_connection

from apps.feed.store import lua
from pinboard.cache import keys
from pinboard.cache.commands import Command, command, commands
from pinboard.cache.once import AWAY
from pinboard.cache.scripts import batches, run, run_for_many
from pinboard.cache.servers import scan
from pinboard.ids.layout import first_id_at
from pinboard.live.topics import announce

MAX_ENTRIES = 800
# Trimming each time would cost more than so many entries too few. A string that was appended to has twice
# the room that it had needed then: trimmed to 760, that is 12,288 bytes, and 15.5 for each of 800.
SLACK = 40
# Since it was built, or its owner came to the home feed: who stays away gets nothing after that, who comes
# has it built anew.
SECONDS = 30 * 24 * 3600
# A build takes milliseconds. What waits for one that died is forgotten.
_BUILD_SECONDS = 60

# So many entries may stand behind newer ones.
_DISORDER = 64
# What is older when it comes is put in order, lest a backlog stand before what is new.
_LATE = timedelta(seconds=30)

_ID_BYTES = 8
_NAME = keys.timeline("%d").encode()
# An empty timeline: the zeros that each begins with.
EMPTY = bytes(_ID_BYTES)


def read(person_id: int, count: int = MAX_ENTRIES) -> list[int] | None:
    """The newest `count` ids in a timeline, newest first; None when it has to be built."""
    return _unpacked(command(*reading(person_id, count)), count)


def read_many(ids: Sequence[int], count: int) -> list[list[int] | None]:
    """The same of several timelines, in one round trip, or one to each node of a cluster."""
    return [_unpacked(found, count) for found in commands([reading(one, count) for one in ids])]


def reading(person_id: int, count: int) -> Command:
    """The command that `read` is."""
    return "GETRANGE", keys.timeline(person_id), *_reach(count)


def add(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Add pins to the timelines of people, where those exist, and tell who watches theirs."""
    add_each([(people, pin_ids)])


def add_each(additions: Iterable[tuple[Sequence[int], Sequence[int]]]) -> None:
    """As `add`, for people and pins, and others. New pins go together, whosesoever they are."""
    new, told = list[bytes](), list[int]()
    first_in_time = first_id_at(datetime.now(UTC) - _LATE)
    for people, pin_ids in additions:
        if len(pin_ids) == 1 and pin_ids[0] >= first_in_time:
            new += _names(people, pin_ids[0].to_bytes(_ID_BYTES, "big"))
        elif pin_ids:
            run_for_many(lua.INSERT, _names(people), [MAX_ENTRIES, packed(pin_ids)])
        told += people
    if new:
        run_for_many(lua.APPEND, new, [MAX_ENTRIES - SLACK, MAX_ENTRIES], tail=_ID_BYTES)
    _tell(told)


def is_full(ids: Sequence[int]) -> bool:
    """Whether a timeline may have had more than these."""
    return len(ids) >= MAX_ENTRIES - SLACK


def sample(count: int) -> list[int]:
    """Some people whose timelines are there, from anywhere among them."""
    people = set[int]()
    for name in scan(keys.timeline("*")):
        if len(people) == count:
            break
        if name.endswith(b"}"):  # or it is what waits for a timeline
            people.add(int(name[:-1].rpartition(b"{")[2]))
    return sorted(people)


def watch(person_id: int, seconds: float) -> None:
    """Tell of what is added to a timeline, at its key as a topic, for some time."""
    now, client = time.time(), get_redis_connection("default")
    client.zadd(keys.timelines_watched(), {person_id: now + seconds})
    client.zremrangebyscore(keys.timelines_watched(), "-inf", now)


def _tell(people: Sequence[int]) -> None:
    client, watched = get_redis_connection("default"), keys.timelines_watched()
    with suppress(*AWAY):  # the pins are there, whoever is told
        if client.exists(watched):
            for some in batches(people):
                until = client.zmscore(watched, some)
                announce(*[keys.timeline(one) for one, end in zip(some, until, strict=True) if end])


def remove(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Take pins out of the timelines of people."""
    if pin_ids:
        run_for_many(lua.REMOVE, _names(people), [packed(pin_ids)])


def start_building(person_id: int) -> None:
    """From now on what is added waits, though the timeline can't be read yet."""
    run(lua.START, [keys.timeline(person_id)], [_BUILD_SECONDS])


def finish_building(person_id: int, pin_ids: Iterable[int]) -> None:
    """Keep what Postgres gave, with what came meanwhile; nothing if that was lost."""
    found = EMPTY + packed(pin_ids)
    run(lua.FINISH, [keys.timeline(person_id)], [MAX_ENTRIES, SECONDS, found])


def drop(person_id: int) -> None:
    """Forget a timeline."""
    key = keys.timeline(person_id)
    get_redis_connection("default").delete(key, f"{key}:waiting")


def packed(ids: Iterable[int]) -> bytes:
    """A string of ids, the newest `MAX_ENTRIES` of them, the oldest first."""
    kept = sorted(set(ids))[-MAX_ENTRIES:]
    return struct.pack(f">{len(kept)}q", *kept)


def _reach(count: int) -> tuple[int, int]:
    """The bytes among which the newest `count` ids are."""
    return -(min(count, MAX_ENTRIES) + _DISORDER) * _ID_BYTES, -1


def _unpacked(found: bytes, count: int) -> list[int] | None:
    if not found:
        return None
    ids = np.frombuffer(found, ">i8").astype(np.int64)
    if not (ids[1:] > ids[:-1]).all():
        ids = np.unique(ids)
    start = max(0 if ids[0] else 1, len(ids) - min(count, MAX_ENTRIES))  # without the zeros
    newest: list[int] = ids[start:][::-1].tolist()
    return newest


def _names(people: Iterable[int], behind: bytes = b"") -> list[bytes]:
    """The keys of timelines, and what stands behind each."""
    name = _NAME + behind.replace(b"%", b"%%")
    return [name % person for person in people]
