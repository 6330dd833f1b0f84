"""Timelines in Valkey: for each person the ids of the newest pins of whom and what they follow.

A timeline is a sorted set. A member is a pin's id, its score the id's time and counter, which a
double holds exactly. Adding twice is harmless. A member of its own says that the timeline is whole;
while it is being built another one keeps the key alive, so that pins that come meanwhile are not
lost. A timeline that does not exist gets nothing: it is built from Postgres when it is read.

All keys of a person share a cluster's slot. One call writes many people's keys, so on a cluster the
caller has to group people by slot; on one server it need not.
"""

from collections.abc import Sequence

from django_redis import get_redis_connection

from pinboard.cache import keys
from pinboard.ids.layout import KIND_BITS, SHARD_BITS

MAX_ENTRIES = 800
# Trimming each time would cost more than some entries too many.
_SLACK = 50
_KEYS_PER_CALL = 1_000
# Lives as long as people come by now and then; who stays away is rebuilt on return.
_SECONDS = 30 * 24 * 3600

_WHOLE, _BUILDING = b"whole", b"building"
_MARKERS = {_WHOLE, _BUILDING}

# ARGV: how many entries to keep, the slack, then a score and a member for each pin.
# Who has a timeline open is told that it has grown; to tell nobody costs a look into a table.
_ADD = """
local keep, slack = tonumber(ARGV[1]), tonumber(ARGV[2])
for _, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 1 then
        if redis.call('ZADD', key, unpack(ARGV, 3)) > 0 then
            redis.call('PUBLISH', key, '')
        end
        if redis.call('ZCARD', key) > keep + slack then
            redis.call('ZREMRANGEBYRANK', key, 0, -(keep + 1))
        end
    end
end
"""


def read(person_id: int, count: int = MAX_ENTRIES) -> list[int] | None:
    """The newest `count` ids in a timeline, newest first; None when it has to be built."""
    # The markers stand before all entries.
    count = min(count, MAX_ENTRIES)
    last = count + len(_MARKERS) - 1
    client = get_redis_connection("default")
    members = client.zrange(keys.timeline(person_id), 0, last, desc=True)
    if _WHOLE not in members[: len(_MARKERS)]:
        return None
    ids = [int(member) for member in members if member not in _MARKERS]
    return ids[:count]


def add(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Add pins to the timelines of people, where those exist."""
    if not pin_ids:
        return
    client = get_redis_connection("default")
    script = client.register_script(_ADD)
    # The marker of a whole timeline counts as a member.
    arguments = [MAX_ENTRIES + 1, _SLACK, *_scored(pin_ids)]
    for start in range(0, len(people), _KEYS_PER_CALL):
        some = people[start : start + _KEYS_PER_CALL]
        script(keys=[keys.timeline(person) for person in some], args=arguments)


def remove(people: Sequence[int], pin_ids: Sequence[int]) -> None:
    """Take pins out of the timelines of people."""
    if not pin_ids:
        return
    pipeline = get_redis_connection("default").pipeline(transaction=False)
    for person in people:
        pipeline.zrem(keys.timeline(person), *pin_ids)
    pipeline.execute()


def start_building(person_id: int) -> None:
    """From now on what is added is kept, though the timeline can't be read yet."""
    key = keys.timeline(person_id)
    pipeline = get_redis_connection("default").pipeline(transaction=True)
    pipeline.zadd(key, {_BUILDING: "inf"})
    pipeline.expire(key, _SECONDS)
    pipeline.execute()


def finish_building(person_id: int, pin_ids: Sequence[int]) -> None:
    """Add what Postgres gave, and call the timeline whole."""
    key = keys.timeline(person_id)
    pipeline = get_redis_connection("default").pipeline(transaction=True)
    if pin_ids:
        scored = _scored(pin_ids)
        pipeline.zadd(key, dict(zip(scored[1::2], scored[::2], strict=True)))
    pipeline.zadd(key, {_WHOLE: "inf"})
    pipeline.zrem(key, _BUILDING)
    pipeline.zremrangebyrank(key, 0, -(MAX_ENTRIES + 2))
    pipeline.expire(key, _SECONDS)
    pipeline.execute()


def drop(person_id: int) -> None:
    """Forget a timeline."""
    get_redis_connection("default").delete(keys.timeline(person_id))


def _scored(pin_ids: Sequence[int]) -> list[int]:
    """Scores and members in turn: newer ids have higher scores."""
    return [value for pin in pin_ids for value in (pin >> (SHARD_BITS + KIND_BITS), pin)]
