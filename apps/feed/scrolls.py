"""Scrolls in Valkey: a ranking as it was when somebody began to read it, so that its pages fit together.

A scroll is one string: its number, the newest id that its ranking knew, the ids of its pins, a byte for
each. That byte says which sources offered the pin, and whether it is a copy of the one before it. A
scroll is kept for an hour since it was last read, and the eight newest of each person.
"""

import struct
from typing import NamedTuple

import numpy as np
from django_redis import get_redis_connection
from numpy.typing import NDArray

from pinboard.cache import keys
from pinboard.cache.commands import command
from pinboard.cache.scripts import run

SECONDS = 3_600
AT_ONCE = 8

# In the byte of a pin; the lower bits are those of its sources.
COPY = 0x80

_HEAD = struct.Struct(">qq")
_ID_BYTES = 8

# KEYS: a person's scrolls, and their timeline, which is kept for who comes by. ARGV: how long to keep scrolls,
# how many, the scroll without its number, how long to keep the timeline from now on.
# Numbers begin with the time, so that one is not given out again when Valkey has forgotten the last.
_KEEP = """
local number = redis.call('INCR', KEYS[1])
if number == 1 then
    number = redis.call('TIME')[1] * 1000
    redis.call('SET', KEYS[1], string.format('%d', number))
end
redis.call('EXPIRE', KEYS[1], 2 * ARGV[1])
local scroll = struct.pack('>i8', number) .. ARGV[3]
redis.call('SET', KEYS[1] .. ':' .. number % ARGV[2], scroll, 'EX', ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return number
"""


class Scroll(NamedTuple):
    """`pins`: their ids in order; `marks`: a byte for each (see the module)."""

    number: int
    newest: int
    pins: list[int]
    marks: bytes


def keep(
    person_id: int,
    newest: int,
    pins: NDArray[np.int64],
    marks: bytes,
    *,
    timeline_seconds: int,
) -> Scroll:
    """Begin a scroll, and keep the timeline for so long from now on, where there is one."""
    body = newest.to_bytes(_ID_BYTES, "big") + pins.astype(">i8").tobytes() + marks
    names = [keys.scrolls(person_id), keys.timeline(person_id)]
    number: int = run(_KEEP, names, [SECONDS, AT_ONCE, body, timeline_seconds])
    return Scroll(number, newest, pins.tolist(), marks)


def read(person_id: int, number: int) -> Scroll | None:
    """A scroll of this person's, which is kept for another hour; None when it is over."""
    key = f"{keys.scrolls(person_id)}:{number % AT_ONCE}"
    found: bytes | None = command("GETEX", key, "EX", SECONDS)
    if found is None:
        return None
    is_number, newest = _HEAD.unpack_from(found)
    count = (len(found) - _HEAD.size) // (_ID_BYTES + 1)
    pins = struct.unpack_from(f">{count}q", found, _HEAD.size)
    marks = found[_HEAD.size + count * _ID_BYTES :]
    return Scroll(number, newest, list(pins), marks) if is_number == number else None


def drop(person_id: int) -> None:
    """Forget all scrolls of a person."""
    key = keys.scrolls(person_id)
    get_redis_connection("default").delete(key, *[f"{key}:{one}" for one in range(AT_ONCE)])
