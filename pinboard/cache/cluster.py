"""Django's cache on a Valkey Cluster: django-redis, with redis-py's client for clusters.

`get_redis_connection("default")` is a `RedisCluster` then, which sends each command to the node that
has the key. A process has one, as its map of the slots and its connections are for all threads.
"""

import os
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from django_redis.client import DefaultClient
from django_redis.exceptions import ConnectionInterrupted
from django_redis.pool import ConnectionFactory
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry

from pinboard.cache import addresses

# So often a command is sent anew after the map of the slots was. While a node is down that helps
# nobody, and whoever asks can do without it.
_RETRIES = 2

_clients: dict[tuple[int, str], RedisCluster] = {}
_lock = Lock()


class Factory(ConnectionFactory):
    """Gives each thread of a process the same client."""

    def connect(self, url: str) -> RedisCluster:
        """The client for the cluster at `url`; it is made, and the cluster asked, if there is none yet."""
        with _lock:
            # A process that was forked off has connections of its own.
            known = (os.getpid(), url)
            if known not in _clients:
                _clients[known] = self._made(url)
            return _clients[known]

    def disconnect(self, connection: RedisCluster) -> None:
        """Close what is open. It is opened again when it is wanted."""
        connection.disconnect_connection_pools()

    def _made(self, url: str) -> RedisCluster:
        first, *others = addresses.of_nodes(url)
        parameters = self.make_connection_params(first)
        del parameters["parser_class"]
        return RedisCluster(
            startup_nodes=[ClusterNode(*_host_and_port(one)) for one in others],
            retry=Retry(NoBackoff(), _RETRIES),
            # What the others have is served while nobody serves the slots of one node.
            require_full_coverage=False,
            # The names that were given, which may stand for other machines by then, are asked again.
            dynamic_startup_nodes=False,
            # A slot that has moved is seldom alone.
            reinitialize_steps=1,
            **parameters,
        )


class Client(DefaultClient):
    """django-redis's client. What it does with several keys in one command is done one by one."""

    def __init__(self, server: Any, params: dict[str, Any], backend: Any) -> None:
        super().__init__(server, params, backend)
        self.connection_factory = Factory(self._options)

    def get_many(self, keys: Any, version: int | None = None, client: Any = None) -> dict[str, Any]:
        """The values of those keys that are there."""
        names = {self.make_key(key, version=version): key for key in keys}
        if not names:
            return {}
        client = client or self.get_client(write=False)
        try:
            values = client.mget_nonatomic(*names)
        except (RedisError, RedisClusterException) as error:
            raise ConnectionInterrupted(connection=client) from error
        found = zip(names.values(), values, strict=True)
        return {key: self.decode(value) for key, value in found if value is not None}


def close() -> None:
    """Forget this process's clients, and close what they have open."""
    with _lock:
        for client in _clients.values():
            client.close()
        _clients.clear()


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), parts.port or 6379
