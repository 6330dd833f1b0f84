"""The embedded services together, and the environment that points to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pinboard.local.postgres import Postgres
from pinboard.local.registry import Registry
from pinboard.local.valkey import Valkey


class Services:
    """A Postgres and a Valkey with their data in `folder`."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        logs = folder / "logs"
        self._registry = registry = Registry(folder / "services.json")
        self.postgres = Postgres(folder, logs / "postgres.log", registry, durable=durable)
        self.valkey = Valkey(folder, logs / "valkey.log", registry, durable=durable)

    def start(self) -> None:
        """Start both; neither is left behind when one fails, nor are those of a killed start."""
        self._registry.end_leftovers()
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End both."""
        self.valkey.stop()
        self.postgres.stop()
        self._registry.clear()

    def environment(self) -> dict[str, str]:
        """The settings that point to these services."""
        return {
            "DATABASE_URL": self.postgres.url,
            "CACHE_URL": self.valkey.url(0),
            "CELERY_BROKER_URL": self.valkey.url(1),
        }


@contextmanager
def running(folder: Path, *, durable: bool) -> Iterator[Services]:
    """The services, for as long as the block lasts."""
    services = Services(folder, durable=durable)
    services.start()
    try:
        yield services
    finally:
        services.stop()
