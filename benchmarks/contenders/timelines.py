"""Timelines in several structures of Valkey's, one of them as the product has them.

All do what the product's store promises: a timeline that is not there gets nothing, one that grows
beyond 800 is trimmed to 760, what is read comes newest first and once. An id takes eight bytes in each,
and those that are scripts are called as the product's are, 1,000 keys a call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from django_redis import get_redis_connection
from numpy.typing import NDArray

from apps.feed import store
from apps.feed.store.lua import LIBRARY
from pinboard.cache import keys
from pinboard.cache.commands import Command, command
from pinboard.cache.scripts import run_for_many

REFERENCE = "packed string"
# As Valkey comes.
_LISTPACK_ENTRIES = 128

_ID_BYTES = 8
# In a list order and doubles are the reader's business, as in a string: it looks at so many more.
_SPARE = 64


class Timelines(Protocol):
    """`encoding`: what Valkey calls the structure. `listpack_entries`: up to how many entries Valkey has
    to keep sorted sets in listpacks."""

    @property
    def encoding(self) -> str: ...

    @property
    def listpack_entries(self) -> int: ...

    def fill(self, people: Sequence[int], ids: Sequence[int]) -> None:
        """Make timelines of these ids, the oldest first."""

    def add(self, people: Sequence[int], ids: Sequence[int]) -> None:
        """Deliver one id that is new, or put several, the oldest first, where they belong."""

    def remove(self, people: Sequence[int], pin: int) -> None:
        """Take an id out."""

    def read(self, person: int, count: int) -> list[int]:
        """The newest so many, newest first."""


class PackedString:
    """The product's own."""

    encoding = "raw"
    listpack_entries = _LISTPACK_ENTRIES

    def fill(self, people: Sequence[int], ids: Sequence[int]) -> None:
        for person in people:
            store.start_building(person)
            store.finish_building(person, ids)

    def add(self, people: Sequence[int], ids: Sequence[int]) -> None:
        store.add(people, ids)

    def remove(self, people: Sequence[int], pin: int) -> None:
        store.remove(people, [pin])

    def read(self, person: int, count: int) -> list[int]:
        return store.read(person, count) or []


@dataclass(frozen=True)
class Scripted:
    """`filling`: the words of a command that adds ids, before each of them the last. `append`, `merge`,
    `take_out`: scripts for many. `reading`: the command that reads; `newest_first`: orders what it gives."""

    encoding: str
    filling: tuple[str, tuple[int, ...]]
    append: str
    merge: str
    take_out: str
    reading: Callable[[str, int], Command]
    newest_first: Callable[[NDArray[np.int64]], NDArray[np.int64]]
    listpack_entries: int = _LISTPACK_ENTRIES

    def fill(self, people: Sequence[int], ids: Sequence[int]) -> None:
        name, before = self.filling
        words = [word for pin in ids for word in (*before, _packed([pin]))]
        client = get_redis_connection("default")
        for person in people:
            client.execute_command(name, keys.timeline(person), *words)
            client.expire(keys.timeline(person), store.SECONDS)

    def add(self, people: Sequence[int], ids: Sequence[int]) -> None:
        if len(ids) == 1:
            limits = [store.MAX_ENTRIES - store.SLACK, store.MAX_ENTRIES]
            run_for_many(self.append, _names(people, _packed(ids)), limits, tail=_ID_BYTES)
        else:
            run_for_many(self.merge, _names(people), [store.MAX_ENTRIES, _packed(ids)])

    def remove(self, people: Sequence[int], pin: int) -> None:
        run_for_many(self.take_out, _names(people), [_packed([pin])])

    def read(self, person: int, count: int) -> list[int]:
        found = b"".join(command(*self.reading(keys.timeline(person), count)))
        ids = self.newest_first(np.frombuffer(found, ">i8").astype(np.int64))
        newest: list[int] = ids[:count].tolist()
        return newest


def _names(people: Sequence[int], behind: bytes = b"") -> list[bytes]:
    return [keys.timeline(person).encode() + behind for person in people]


def _packed(ids: Sequence[int]) -> bytes:
    return np.array(ids, ">i8").tobytes()


# Each timeline's key and the id behind it. ARGV: how many entries to keep, with how many to trim.
_EACH_WITH_ID = """
local keep, most, call = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call
for at = 1, #names, width do
    local key, id = names:sub(at, at + width - 9), names:sub(at + width - 8, at + width - 1)
"""
_EACH = """
local call = redis.call
for at = 1, #names, width do
    local key = names:sub(at, at + width - 1)
"""

_ZADD = f"""{_EACH_WITH_ID}
    if call('ZADD', key, 0, id) == 1 then
        local length = call('ZCARD', key)
        if length == 1 then
            call('DEL', key)
        elseif length > most then
            call('ZREMRANGEBYRANK', key, 0, length - keep - 1)
        end
    end
end
"""
# ARGV: how many entries to keep, ids in a string, the oldest first.
_ZADD_MANY = f"""
local more = {{}}
for start = 1, #ARGV[2], 8 do
    more[#more + 1] = 0
    more[#more + 1] = ARGV[2]:sub(start, start + 7)
end
{_EACH}
    if call('EXISTS', key) == 1 then
        call('ZADD', key, unpack(more))
        call('ZREMRANGEBYRANK', key, 0, -tonumber(ARGV[1]) - 1)
    end
end
"""
_ZREM = f"{_EACH} call('ZREM', key, ARGV[1]) end"

_RPUSH = f"""{_EACH_WITH_ID}
    if call('RPUSHX', key, id) > most then call('LTRIM', key, -keep, -1) end
end
"""
_RPUSH_NEW = f"""{_EACH_WITH_ID}
    if not call('LPOS', key, id, 'RANK', -1) and call('RPUSHX', key, id) > most then
        call('LTRIM', key, -keep, -1)
    end
end
"""
# As `_ZADD_MANY`. The list is written anew, to end when it did.
_RPUSH_MANY = f"""{LIBRARY}{_EACH}
    local ids = table.concat(call('LRANGE', key, 0, -1))
    if ids ~= '' then
        local all, found = merged(ids, ARGV[2]), {{}}
        for start = math.max(#all - ARGV[1] * 8, 0) + 1, #all, 8 do
            found[#found + 1] = all:sub(start, start + 7)
        end
        local left = call('PTTL', key)
        call('DEL', key)
        call('RPUSH', key, unpack(found))
        call('PEXPIRE', key, left)
    end
end
"""
_LREM = f"{_EACH} call('LREM', key, 0, ARGV[1]) end"


def _sorted(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    is_sorted = (ids[1:] > ids[:-1]).all()
    return (ids if is_sorted else np.unique(ids))[::-1]


def _sorted_set(encoding: str, listpack_entries: int) -> Scripted:
    """Members of one score, which Valkey has in the order of their bytes."""
    return Scripted(
        encoding=encoding,
        filling=("ZADD", (0,)),
        append=_ZADD,
        merge=_ZADD_MANY,
        take_out=_ZREM,
        reading=lambda key, count: ("ZRANGE", key, 0, count - 1, "REV"),
        newest_first=lambda ids: ids,
        listpack_entries=listpack_entries,
    )


def _list(append: str) -> Scripted:
    """Entries in the order in which they came."""
    return Scripted(
        encoding="listpack",  # as long as it is within 8 KB, which 800 are
        filling=("RPUSH", ()),
        append=append,
        merge=_RPUSH_MANY,
        take_out=_LREM,
        reading=lambda key, count: ("LRANGE", key, -count - _SPARE, -1),
        newest_first=_sorted,
    )


CONTENDERS: dict[str, Timelines] = {
    REFERENCE: PackedString(),
    "sorted set, skiplist": _sorted_set("skiplist", _LISTPACK_ENTRIES),
    "sorted set, listpack": _sorted_set("listpack", 2 * store.MAX_ENTRIES),
    "list": _list(_RPUSH),
    "list, looked up first": _list(_RPUSH_NEW),
}
