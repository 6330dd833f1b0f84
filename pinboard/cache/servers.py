"""The servers behind the cache: one, or the primaries of a cluster."""

import random
from collections.abc import Iterator
from typing import Any

from django_redis import get_redis_connection
from redis.cluster import PRIMARY, RedisCluster

_SLOTS = 16_384
_KEYS_A_CALL = 1_000


def servers() -> list[Any]:
    """A client for each, in any order."""
    client = get_redis_connection("default")
    if not isinstance(client, RedisCluster):
        return [client]
    primaries = client.nodes_manager.get_nodes_by_server_type(PRIMARY)
    random.shuffle(primaries)
    return [client.get_redis_connection(node) for node in primaries]


def scan(pattern: str) -> Iterator[bytes]:
    """The names of all keys like this, from anywhere among them on; some come twice. Raises `AWAY`
    (`pinboard.cache.once`) where one of the servers is."""
    first, cursor = _anywhere()
    yield from _scan(first, pattern, cursor)
    for other in servers():
        if other is not first:
            yield from _scan(other, pattern)
    yield from _scan(first, pattern)


def _anywhere() -> tuple[Any, int]:
    """A server, and a cursor for SCAN. On a cluster its last bits are a slot, one of that server's."""
    client, cursor = get_redis_connection("default"), random.getrandbits(32)
    if not isinstance(client, RedisCluster):
        return client, cursor
    # A command on a key that comes to the wrong node is how the map of the cluster is known to be old.
    # This one has no key, and would go to nodes that have died.
    client.nodes_manager.initialize()
    node = client.nodes_manager.get_node_from_slot(cursor % _SLOTS)
    return client.get_redis_connection(node), cursor


def _scan(server: Any, pattern: str, cursor: int = 0) -> Iterator[bytes]:
    while True:
        cursor, names = server.scan(cursor, match=pattern, count=_KEYS_A_CALL)
        yield from names
        if not cursor:
            return
