"""Timelines in Valkey: for each person the ids of the newest pins of whom and what they follow.

A timeline is one string: eight zero bytes, then ids of eight bytes, the oldest first, none twice. A new
pin is mostly the newest: a look at the last eight bytes and an APPEND. One that comes late is put where
it belongs; one that comes twice changes nothing. The zeros tell an empty timeline from one that is not
there, which gets nothing: it is built from Postgres when it is read.

While it is built, pins that come meanwhile wait in a string of the same form beside it. Whoever builds
it puts both together, and with what others have built meanwhile: nothing is lost whoever is last.

All keys of a person share a cluster's slot. One call writes many people's keys, so on a cluster the
caller has to group people by slot; on one server it need not.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from django_redis import get_redis_connection

from pinboard.cache import keys

MAX_ENTRIES = 800
# Trimming each time would cost more than some entries too many.
_SLACK = 80
_KEYS_PER_CALL = 1_000
# Since it was built: who stays away gets nothing after that, who comes has it built anew.
_SECONDS = 30 * 24 * 3600
# A build takes milliseconds. What waits for one that died is forgotten.
_BUILD_SECONDS = 60

_ID_BYTES = 8
_ZEROS = bytes(_ID_BYTES)

# Lua's numbers are doubles, so ids are compared in halves. Who has a timeline open is told that it has
# grown; to tell nobody costs a look into a table.
_LIBRARY = """
local function halves(id) return struct.unpack('>I4I4', id) end
local function is_before(one, other)
    local high, low = halves(one)
    local other_high, other_low = halves(other)
    return high < other_high or (high == other_high and low < other_low)
end
-- Where an id is in a string of ids, or where it would be: how many bytes come before it.
local function place(ids, id)
    local first, last = 1, #ids / 8
    while first < last do
        local middle = math.floor((first + last) / 2)
        if is_before(ids:sub(middle * 8 + 1, middle * 8 + 8), id) then
            first = middle + 1
        else
            last = middle
        end
    end
    return first * 8
end
local function trimmed(ids, keep)
    return #ids > keep * 8 + 8 and string.rep('\\0', 8) .. ids:sub(-keep * 8) or ids
end
-- The string with an id put in.
local function with(ids, id)
    local before = place(ids, id)
    if ids:sub(before + 1, before + 8) == id then return ids end
    return ids:sub(1, before) .. id .. ids:sub(before + 1)
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

# KEYS: timelines. ARGV: how many entries to keep, the slack, and ids, the oldest first.
_ADD = (
    _LIBRARY
    + """
local keep, slack, new = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local high, low = halves(new)
local function add(key, last)
    local last_high, last_low = halves(last)
    if last_high < high or (last_high == high and last_low < low) then
        if redis.call('APPEND', key, new) > (keep + slack) * 8 + 8 then
            redis.call('SET', key, trimmed(redis.call('GET', key), keep), 'KEEPTTL')
        end
        return true
    end
    local ids = redis.call('GET', key)
    local more = #new == 8 and with(ids, new) or merged(ids, new)
    if #more == #ids then return false end
    redis.call('SET', key, trimmed(more, keep), 'KEEPTTL')
    return true
end
for _, key in ipairs(KEYS) do
    local last = redis.call('GETRANGE', key, -8, -1)
    if last ~= '' then
        if add(key, last) then redis.call('PUBLISH', key, '') end
    else
        local waiting = key .. ':waiting'
        last = redis.call('GETRANGE', waiting, -8, -1)
        if last ~= '' then add(waiting, last) end
    end
end
"""
)

# KEYS: timelines. ARGV: ids in a string.
_REMOVE = (
    _LIBRARY
    + """
for _, key in ipairs(KEYS) do
    local ids = redis.call('GET', key)
    if ids then
        local before = #ids
        for start = 1, #ARGV[1], 8 do
            local id = ARGV[1]:sub(start, start + 7)
            local at = place(ids, id)
            if ids:sub(at + 1, at + 8) == id then ids = ids:sub(1, at) .. ids:sub(at + 9) end
        end
        if #ids < before then redis.call('SET', key, ids, 'KEEPTTL') end
    end
end
"""
)

# KEYS: a timeline. ARGV: how long to wait for the build.
_START = """
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1] .. ':waiting', string.rep('\\0', 8), 'NX')
redis.call('EXPIRE', KEYS[1] .. ':waiting', ARGV[1])
"""

# KEYS: a timeline. ARGV: how many entries to keep, for how long, what was read.
_FINISH = (
    _LIBRARY
    + """
local ids = ARGV[3]
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
    client = get_redis_connection("default")
    found: bytes = client.getrange(keys.timeline(person_id), -count * _ID_BYTES, -1)
    if not found:
        return None
    ids = unpacked(found)
    if not ids[-1]:  # the zeros
        ids.pop()
    return ids


def add(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Add pins to the timelines of people, where those exist."""
    if pin_ids:
        _for_all(people, _ADD, [MAX_ENTRIES, _SLACK, packed(pin_ids)])


def remove(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Take pins out of the timelines of people."""
    if pin_ids:
        _for_all(people, _REMOVE, [packed(pin_ids)])


def start_building(person_id: int) -> None:
    """From now on what is added waits, though the timeline can't be read yet."""
    _run(_START, [keys.timeline(person_id)], [_BUILD_SECONDS])


def finish_building(person_id: int, pin_ids: Iterable[int]) -> None:
    """Keep what Postgres gave, with what came meanwhile."""
    found = _ZEROS + packed(pin_ids)
    _run(_FINISH, [keys.timeline(person_id)], [MAX_ENTRIES, _SECONDS, found])


def drop(person_id: int) -> None:
    """Forget a timeline."""
    key = keys.timeline(person_id)
    get_redis_connection("default").delete(key, f"{key}:waiting")


def packed(ids: Iterable[int]) -> bytes:
    """A string of ids, the newest `MAX_ENTRIES` of them, the oldest first."""
    kept = sorted(set(ids))[-MAX_ENTRIES:]
    return struct.pack(f">{len(kept)}q", *kept)


def unpacked(found: bytes) -> list[int]:
    """The ids of a string, the newest first."""
    return list(struct.unpack(f">{len(found) // _ID_BYTES}q", found))[::-1]


def _for_all(people: Sequence[int], script: str, arguments: list[Any]) -> None:
    for start in range(0, len(people), _KEYS_PER_CALL):
        some = people[start : start + _KEYS_PER_CALL]
        _run(script, [keys.timeline(person) for person in some], arguments)


def _run(script: str, names: list[str], arguments: list[Any]) -> None:
    client = get_redis_connection("default")
    client.register_script(script)(keys=names, args=arguments)
