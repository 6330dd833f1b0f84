"""What the product runs on, in pieces that can be broken one by one: Postgres, the Valkey of the
timelines, which may be a cluster, and a Valkey of its own for the broker."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from unittest.mock import patch

from django.test import override_settings

from pinboard.cache.cluster import close
from pinboard.local.postgres import Postgres
from pinboard.local.registry import Registry
from pinboard.local.valkey import Valkey
from tests.cluster.servers import Cluster, until


class Machines:
    """The services, with their data in `folder`."""

    def __init__(self, folder: Path, logs: Path) -> None:
        self._folder = folder
        registry = Registry(folder / "services.json")
        # What was committed has to outlast a crash of Postgres, though not of this machine: see `World`.
        self.postgres = Postgres(folder, logs / "postgres.log", registry, durable=False)
        self.valkey = Valkey(folder / "timelines", logs / "valkey.log", registry, durable=False)
        self.broker = Valkey(folder / "broker", logs / "broker.log", registry, durable=False)

    def __enter__(self) -> "Machines":
        try:
            for one in (self.postgres, self.valkey, self.broker):
                one.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self.broker, self.valkey, self.postgres):
            one.stop()

    def environment(self) -> dict[str, str]:
        """The settings that point to these."""
        return {
            "DATABASE_URL": self.postgres.url,
            "CACHE_URL": self.valkey.url(0),
            "CELERY_BROKER_URL": self.broker.url(0),
        }

    def crash_postgres(self) -> None:
        """An immediate shutdown: no checkpoint, every connection cut."""
        pid = int((self.postgres.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        self.postgres.stop()

    @contextmanager
    def on_cluster(self) -> Iterator[Cluster]:
        """The timelines, here and in processes that are started, are on a cluster."""
        self._cluster = Cluster(self._folder / "cluster")
        try:
            with (
                override_settings(CACHES=self._cluster.caches()),
                patch.dict(os.environ, CACHE_URL=self._cluster.url),
            ):
                yield self._cluster
        finally:
            close()
            self._cluster.stop()

    def kill_primary(self, random: Random) -> None:
        """SIGKILL to one of the cluster's primaries: its replica is promoted, and has it for its replica
        when it is back."""
        victim = random.choice(self._cluster.primaries())
        victim.kill()
        until(lambda: self._cluster.is_replaced(victim))
        self._cluster.revive()
