"""Timelines in Valkey: for each person the ids of the newest pins of whom and what they follow.

A timeline is one string: eight zero bytes, then ids of eight bytes. The zeros tell an empty timeline
from one that is not there, which gets nothing: it is built from Postgres when it is read. A new pin is
an APPEND, so ids are nearly in order and a few may be there twice; `read` puts that right. Pins that
come late are put where they belong.

While a timeline is built, pins that come meanwhile wait in a string of the same form beside it. Whoever
builds it puts both together, and with what others have built meanwhile: nothing is lost whoever is last.

All keys of a person share a cluster's slot. One call writes many people's keys, so on a cluster the
caller has to group people by slot; on one server it need not.
"""

import random
import struct
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django_redis import get_redis_connection

from pinboard.cache import keys
from pinboard.ids.layout import created_at
from pinboard.live.topics import announce

MAX_ENTRIES = 800
# Trimming each time would cost more than some entries too many.
_SLACK = 80
_KEYS_PER_CALL = 1_000
# Since it was built: who stays away gets nothing after that, who comes has it built anew.
_SECONDS = 30 * 24 * 3600
# A build takes milliseconds. What waits for one that died is forgotten.
_BUILD_SECONDS = 60

# So many entries may stand behind newer ones.
_DISORDER = 64
# What is older when it comes is put in order, lest a backlog stand before what is new.
_LATE = timedelta(seconds=30)

_ID_BYTES = 8
# An empty timeline: the zeros that each begins with.
EMPTY = bytes(_ID_BYTES)

# Lua's numbers are doubles, so ids are compared in halves.
_LIBRARY = """
local function is_before(one, other)
    local high, low = struct.unpack('>I4I4', one)
    local other_high, other_low = struct.unpack('>I4I4', other)
    return high < other_high or (high == other_high and low < other_low)
end
local function trimmed(ids, keep)
    return #ids > keep * 8 + 8 and string.rep('\\0', 8) .. ids:sub(-keep * 8) or ids
end
-- Two strings of ids as one.
local function merged(one, other)
    local found, a, b = {}, 1, 1
    while a <= #one and b <= #other do
        local id, other_id = one:sub(a, a + 7), other:sub(b, b + 7)
        if id == other_id or is_before(id, other_id) then
            found[#found + 1] = id
            a = a + 8
            if id == other_id then b = b + 8 end
        else
            found[#found + 1] = other_id
            b = b + 8
        end
    end
    return table.concat(found) .. one:sub(a) .. other:sub(b)
end
"""

# Where an id belongs is looked for by halves: merging takes fifty times as long, and a backlog is many.
_PUT = """
local function put(ids, id)
    local first, last = 1, #ids / 8
    while first < last do
        local middle = math.floor((first + last) / 2)
        if is_before(ids:sub(middle * 8 + 1, middle * 8 + 8), id) then
            first = middle + 1
        else
            last = middle
        end
    end
    if ids:sub(first * 8 + 1, first * 8 + 8) == id then return ids end
    return ids:sub(1, first * 8) .. id .. ids:sub(first * 8 + 1)
end
"""

# KEYS: timelines. ARGV: how many entries to keep, with how many to trim, an id.
_APPEND = (
    _LIBRARY
    + """
local keep, most, id, call = tonumber(ARGV[1]), tonumber(ARGV[2]) * 8 + 8, ARGV[3], redis.call
for number = 1, #KEYS do
    local key = KEYS[number]
    local length = call('APPEND', key, id)
    if length == 8 then
        call('DEL', key)
        local waiting = key .. ':waiting'
        if call('EXISTS', waiting) == 1 then call('APPEND', waiting, id) end
    elseif length > most then
        call('SET', key, trimmed(call('GET', key), keep), 'KEEPTTL')
    end
end
"""
)

# KEYS: timelines. ARGV: how many entries to keep, ids in a string, the oldest first.
_INSERT = (
    _LIBRARY
    + _PUT
    + """
local put_in = #ARGV[2] == 8 and put or merged
for _, key in ipairs(KEYS) do
    for _, name in ipairs({key, key .. ':waiting'}) do
        local ids = redis.call('GET', name)
        if ids then
            local more = trimmed(put_in(ids, ARGV[2]), tonumber(ARGV[1]))
            if more ~= ids then redis.call('SET', name, more, 'KEEPTTL') end
            break
        end
    end
end
"""
)

# KEYS: timelines. ARGV: ids in a string.
_REMOVE = """
local function without(ids, id)
    local at = ids:find(id, 1, true)
    while at do
        if at % 8 == 1 then
            ids = ids:sub(1, at - 1) .. ids:sub(at + 8)
        else
            at = at + 1
        end
        at = ids:find(id, at, true)
    end
    return ids
end
for _, key in ipairs(KEYS) do
    local ids = redis.call('GET', key)
    if ids then
        local left = ids
        for start = 1, #ARGV[1], 8 do left = without(left, ARGV[1]:sub(start, start + 7)) end
        if #left < #ids then redis.call('SET', key, left, 'KEEPTTL') end
    end
end
"""

# KEYS: a timeline. ARGV: how long to wait for the build.
_START = """
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1] .. ':waiting', string.rep('\\0', 8), 'NX')
redis.call('EXPIRE', KEYS[1] .. ':waiting', ARGV[1])
"""

# KEYS: a timeline. ARGV: how many entries to keep, for how long, what was read. Where neither is left,
# Valkey was flushed or the build took too long: what came meanwhile is nowhere, so it is built again.
_FINISH = (
    _LIBRARY
    + """
local ids = ARGV[3]
if redis.call('EXISTS', KEYS[1], KEYS[1] .. ':waiting') == 0 then return end
for _, key in ipairs({KEYS[1], KEYS[1] .. ':waiting'}) do
    ids = merged(ids, redis.call('GET', key) or '')
end
redis.call('SET', KEYS[1], trimmed(ids, tonumber(ARGV[1])), 'EX', ARGV[2])
redis.call('DEL', KEYS[1] .. ':waiting')
"""
)


def read(person_id: int, count: int = MAX_ENTRIES) -> list[int] | None:
    """The newest `count` ids in a timeline, newest first; None when it has to be built."""
    count = min(count, MAX_ENTRIES)
    first = -(count + _DISORDER) * _ID_BYTES
    found: bytes = get_redis_connection("default").getrange(keys.timeline(person_id), first, -1)
    if not found:
        return None
    ids = sorted(set(struct.unpack(f">{len(found) // _ID_BYTES}q", found)), reverse=True)
    if not ids[-1]:  # the zeros
        ids.pop()
    return ids[:count]


def add(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Add pins to the timelines of people, where those exist, and tell who watches theirs."""
    if len(pin_ids) == 1 and datetime.now(UTC) - created_at(pin_ids[0]) < _LATE:
        most = MAX_ENTRIES + _SLACK
        _for_all(people, _APPEND, [MAX_ENTRIES, most, packed(pin_ids)])
    elif pin_ids:
        _for_all(people, _INSERT, [MAX_ENTRIES, packed(pin_ids)])
    _tell(people)


def sample(count: int) -> list[int]:
    """Some people whose timelines are there, from anywhere among them."""
    client, people = get_redis_connection("default"), set[int]()
    start = cursor = random.getrandbits(32)
    while len(people) < count:
        cursor, names = client.scan(cursor, match=keys.timeline("*"), count=1_000)
        people.update(int(name[:-1].rpartition(b"{")[2]) for name in names if name[-1:] == b"}")
        if cursor == 0 and start == 0:
            break
        if cursor == 0:
            start = 0  # once around from the beginning
    return sorted(people)[:count]


def watch(person_id: int, seconds: float) -> None:
    """Tell of what is added to a timeline, at its key as a topic, for some time."""
    now, client = time.time(), get_redis_connection("default")
    client.zadd(keys.timelines_watched(), {person_id: now + seconds})
    client.zremrangebyscore(keys.timelines_watched(), "-inf", now)


def _tell(people: Sequence[int]) -> None:
    client, watched = get_redis_connection("default"), keys.timelines_watched()
    if client.exists(watched):
        for some in _batched(people):
            until = client.zmscore(watched, some)
            announce(*[keys.timeline(one) for one, end in zip(some, until, strict=True) if end])


def remove(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Take pins out of the timelines of people."""
    if pin_ids:
        _for_all(people, _REMOVE, [packed(pin_ids)])


def start_building(person_id: int) -> None:
    """From now on what is added waits, though the timeline can't be read yet."""
    _run(_START, [keys.timeline(person_id)], [_BUILD_SECONDS])


def finish_building(person_id: int, pin_ids: Iterable[int]) -> None:
    """Keep what Postgres gave, with what came meanwhile; nothing if that was lost."""
    found = EMPTY + packed(pin_ids)
    _run(_FINISH, [keys.timeline(person_id)], [MAX_ENTRIES, _SECONDS, found])


def drop(person_id: int) -> None:
    """Forget a timeline."""
    key = keys.timeline(person_id)
    get_redis_connection("default").delete(key, f"{key}:waiting")


def packed(ids: Iterable[int]) -> bytes:
    """A string of ids, the newest `MAX_ENTRIES` of them, the oldest first."""
    kept = sorted(set(ids))[-MAX_ENTRIES:]
    return struct.pack(f">{len(kept)}q", *kept)


def _batched(people: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(people), _KEYS_PER_CALL):
        yield people[start : start + _KEYS_PER_CALL]


def _for_all(people: Sequence[int], script: str, arguments: list[Any]) -> None:
    for some in _batched(people):
        _run(script, [keys.timeline(person) for person in some], arguments)


def _run(script: str, names: list[str], arguments: list[Any]) -> None:
    client = get_redis_connection("default")
    client.register_script(script)(keys=names, args=arguments)
