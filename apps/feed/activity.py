"""What people report of their feeds, in Valkey: on its way to Postgres, and what was seen just now.

Reports wait in streams, of which each takes those of its share of people (`apps.feed.services.intake`).
What somebody has seen lately is a string under `keys.seen`, eight bytes an id: the lines of saves that
Postgres knows of, after eight zero bytes, and behind them the pins that were reported since. Without the
zeros Postgres has not been asked yet.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from django_redis import get_redis_connection
from numpy.typing import NDArray

from pinboard.cache import keys
from pinboard.cache.commands import Command, command
from pinboard.cache.scripts import run
from pinboard.ids.layout import MAX_ID

PARTITIONS = 16
# Ids of each sort that a report may hold.
MAX_REPORTED = 100
# Whoever saw nothing for so long begins anew.
LATELY = timedelta(days=3)
# Lines that a person is known to have seen.
MAX_SEEN = 1_000

# Reports that wait in a stream. Beyond, the oldest are lost.
_MAX_WAITING = 20_000
# Ids in the string of what was seen. Beyond, the newest of them stay, and Postgres is asked again.
_MOST = 3 * MAX_SEEN
_ZEROS = bytes(8)
# Multiplying by it spreads ids, of which many bits are alike, over the upper bits of a word.
_SPREAD = 0x9E3779B97F4A7C15

# KEYS: what somebody has seen. ARGV: ids, how many bytes are most, how many to keep then, for how long.
_NOTE = """
if redis.call('APPEND', KEYS[1], ARGV[1]) > tonumber(ARGV[2]) then
    redis.call('SET', KEYS[1], redis.call('GETRANGE', KEYS[1], -tonumber(ARGV[3]), -1))
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
"""

# KEYS: what somebody has seen. ARGV: ids from Postgres, for how long.
_COMPLETE = """
local zeros, recent = string.rep('\\0', 8), redis.call('GET', KEYS[1])
if not recent then
    redis.call('SET', KEYS[1], zeros .. ARGV[1], 'EX', ARGV[2])
elseif recent:sub(1, 8) ~= zeros then
    redis.call('SET', KEYS[1], zeros .. ARGV[1] .. recent, 'KEEPTTL')
end
"""


class Report(NamedTuple):
    """What a person reported. `impressions`, `opens`: ids, as the client named them."""

    person_id: int
    at: datetime
    impressions: Sequence[int]
    opens: Sequence[int]


class Batch(NamedTuple):
    """Some of what waits in a stream. `last_id`: of its last entry; empty where nothing waits.
    `skipped`: entries that are no reports."""

    reports: list[Report]
    last_id: str
    skipped: int

    @property
    def entries(self) -> int:
        return len(self.reports) + self.skipped


def partition_of(person_id: int) -> int:
    """The stream that takes a person's reports."""
    return (person_id * _SPREAD & 0xFFFFFFFFFFFFFFFF) * PARTITIONS >> 64


def append(person_id: int, impressions: Sequence[int], opens: Sequence[int]) -> None:
    """Put a report into its stream."""
    entry = {b"p": person_id, b"i": _packed(impressions), b"o": _packed(opens)}
    stream = keys.activity(partition_of(person_id))
    _client().xadd(stream, entry, maxlen=_MAX_WAITING, approximate=True)


def is_waiting(partition: int) -> bool:
    """Whether anything waits in a stream."""
    return bool(_client().xlen(keys.activity(partition)))


def read(partition: int, after: str, count: int) -> Batch:
    """The oldest entries behind the id `after`, at most `count` of them."""
    found = _client().xrange(keys.activity(partition), min=f"({after}", count=count)
    reports = [report for id, fields in found if (report := _report(id, fields)) is not None]
    last_id = found[-1][0].decode() if found else ""
    return Batch(reports, last_id, len(found) - len(reports))


def trim(partition: int, last_id: str) -> None:
    """Let go of the entries up to `last_id`."""
    moment, number = last_id.split("-")
    lowest = f"{moment}-{int(number) + 1}"
    _client().xtrim(keys.activity(partition), minid=lowest, approximate=False)


def _report(id: bytes, fields: dict[bytes, bytes]) -> Report | None:
    try:
        person_id = int(fields[b"p"])
        impressions, opens = _unpacked(fields[b"i"]), _unpacked(fields[b"o"])
        at = datetime.fromtimestamp(int(id.split(b"-")[0]) / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, struct.error):
        return None
    is_sound = 0 < person_id <= MAX_ID and max(len(impressions), len(opens)) <= MAX_REPORTED
    return Report(person_id, at, impressions, opens) if is_sound else None


def note_seen(person_id: int, ids: Sequence[int]) -> None:
    """Add to what somebody has seen."""
    arguments = [_packed(ids), 8 * _MOST, 8 * MAX_SEEN, int(LATELY.total_seconds())]
    run(_NOTE, [keys.seen(person_id)], arguments)


def read_seen(person_id: int) -> tuple[NDArray[np.int64], bool]:
    """What somebody has seen, and whether all of it is there."""
    found: bytes = command(*reading_seen(person_id)) or b""
    is_complete = found.startswith(_ZEROS)
    ids = np.frombuffer(found[8:] if is_complete else found, ">i8")
    return ids.astype(np.int64), is_complete


def reading_seen(person_id: int) -> Command:
    """The command that `read_seen` is."""
    return "GET", keys.seen(person_id)


def complete_seen(person_id: int, lines: Iterable[int], kept_for: timedelta) -> None:
    """Put before what was reported what Postgres knows."""
    arguments = [_packed(lines), max(int(kept_for.total_seconds()), 1)]
    run(_COMPLETE, [keys.seen(person_id)], arguments)


def forget_seen(person_id: int) -> None:
    """Have it read anew what somebody has seen."""
    _client().delete(keys.seen(person_id))


def _packed(ids: Iterable[int]) -> bytes:
    some = list(ids)
    return struct.pack(f">{len(some)}q", *some)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(packed) // 8}q", packed)


def _client() -> Any:
    return get_redis_connection("default")
