"""Lua scripts, on one Valkey server and on a cluster alike.

What belongs to one person is in one slot of a cluster, so a script on a person's keys is like any other
command. One on the keys of many people is called once for each node that has some of them. Such a call
names one key, by which the node knows that it is meant, and the script has a flag that lets it reach
what it is not told of, as long as it is there.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import structlog
from django_redis import get_redis_connection
from redis.cluster import ClusterNode, RedisCluster
from redis.crc import key_slot
from redis.exceptions import ClusterError, NoScriptError, ResponseError

from pinboard.cache.commands import command
from pinboard.cache.looking import is_looking
from pinboard.cache.once import AWAY

log = structlog.get_logger(__name__)

T = TypeVar("T")

_KEYS_A_CALL = 1_000
# Keys come as one string, which takes half of the time that as many arguments do.
_FOR_MANY = """#!lua flags=allow-cross-slot-keys
local names, width = ARGV[#ARGV - 1], tonumber(ARGV[#ARGV])
"""
# Slots may have moved since we asked where they are. Where a node is down a third attempt would find
# no other: whoever called comes back later.
_ATTEMPTS = 2
_WAIT_MS = 200


def run(script: str, keys: Sequence[str], arguments: Sequence[Any] = ()) -> Any:
    """Run a script on keys that share a slot, as those of one person do; what it returns.

    It finds them in KEYS, and the arguments in ARGV, as strings. A key that it makes up from one of
    these has to keep what is in braces. Scripts write, so where somebody only looks it is not run.
    """
    if is_looking():
        return None
    words = (len(keys), *keys, *arguments)
    try:
        return command("EVALSHA", _digest(script), *words)
    except NoScriptError:
        return command("EVAL", script, *words)


def run_for_many(
    script: str, keys: Sequence[bytes], arguments: Sequence[Any] = (), *, tail: int = 0
) -> None:
    """Run a script on any keys, some at a time, wherever they are.

    It finds the arguments in ARGV and the keys in `names`, a string of which each takes `width` bytes.
    Of these the last `tail` are no part of the key, but say something of it. It may see a key twice.
    Where it can't be run for some keys it raises, once it was run for the others.
    """
    client = get_redis_connection("default")
    if isinstance(client, RedisCluster):
        _on_cluster(client, _Call(_FOR_MANY + script, arguments, tail), keys)
    else:
        _Call(_FOR_MANY + script, arguments, tail).at(client, keys)


@lru_cache(maxsize=100)
def _digest(script: str) -> str:
    """What a server knows a script by."""
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


class _Call(NamedTuple):
    """A script with all but its keys."""

    script: str
    arguments: Sequence[Any]
    tail: int

    def at(self, server: Any, keys: Sequence[bytes]) -> None:
        """Run it at a server, some keys at a time."""
        call = server.register_script(self.script)
        for width, alike in groupby(keys, len):  # in the order of ids these are few
            for some in batches(list(alike)):
                named = some[0][: width - self.tail]
                call(keys=[named], args=[*self.arguments, b"".join(some), width])


def batches(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many at a time as one call takes."""
    for start in range(0, len(things), _KEYS_A_CALL):
        yield things[start : start + _KEYS_A_CALL]


class _Share(NamedTuple):
    """The keys that are at one primary. `nodes`: it, and its replicas."""

    nodes: Sequence[ClusterNode]
    keys: list[bytes]


def _on_cluster(client: RedisCluster, call: _Call, keys: Sequence[bytes]) -> None:
    left, problem = list(keys), Exception()
    for _ in range(_ATTEMPTS):
        failed: list[bytes] = []
        for share in _shares(client, left):
            try:
                _at_node(client, share, call)
            except AWAY as error:
                failed, problem = failed + share.keys, error
        if not failed:
            return
        left = failed
        client.nodes_manager.initialize()
    if not isinstance(problem, ResponseError) or isinstance(problem, ClusterError):
        raise problem
    # A slot that is being moved key by key is at two nodes. For one key the client asks both.
    for key in left:
        call.at(client, [key])


def _shares(client: RedisCluster, keys: Sequence[bytes]) -> list[_Share]:
    found: dict[str, _Share] = {}
    slots, nobody = client.nodes_manager.slots_cache, [client.get_default_node()]
    for key in keys:
        # Whoever is asked for what nobody serves says so.
        nodes = slots.get(key_slot(key), nobody)
        name = nodes[0].name
        if name not in found:
            found[name] = _Share(nodes, [])
        found[name].keys.append(key)
    return list(found.values())


def _at_node(client: RedisCluster, share: _Share, call: _Call) -> None:
    """Run it, and wait for a replica to have what it did: a primary that dies now loses nothing."""
    primary, *replicas = share.nodes
    with client.get_redis_connection(primary).client() as server:  # WAIT is about one connection
        call.at(server, share.keys)
        if replicas and not server.wait(1, _WAIT_MS):
            log.warning("cache.replica_away", node=primary.name)
            client.nodes_manager.initialize()  # one that is gone is waited for once
