"""What belongs to one checkout: its folder `.local`, its lock, its services and their addresses."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pinboard.local.account import data_folder
from pinboard.local.process import LocalError
from pinboard.local.services import running

ROOT = Path(__file__).resolve().parents[2]
# Another folder lets a second copy run beside the first, as the tests do.
LOCAL = Path(os.environ.get("PINBOARD_LOCAL", ROOT / ".local"))
ENV_FILE = LOCAL / "services.env"
_LOCK_FILE = LOCAL / "lock"
_SERVICE_VARIABLES = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL")
_START_SECONDS = 60


class Busy(LocalError):
    """Another process has this checkout's services."""


@contextmanager
def alone() -> Iterator[None]:
    """Hold the checkout's lock, which the kernel gives back however this process ends."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with _LOCK_FILE.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Busy(
                f"Pinboard runs already from this checkout (process {lock.read().strip()}). "
                "Stop it with Ctrl-C where it runs."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """The environment of Pinboard's processes, embedded services up where no others are named.

    Only for who holds the lock.
    """
    if _services_are_named():
        yield dict(os.environ)
        return
    with running(data_folder(LOCAL), durable=True) as services:
        ours = {
            **services.environment(),
            "MEDIA_ROOT": str(LOCAL / "media"),
            "PRIVATE_ROOT": str(LOCAL / "private"),
        }
        ENV_FILE.write_text("".join(f"{name}={value}\n" for name, value in ours.items()))
        try:
            # On a terminal every request and task would bury what matters.
            yield {"LOG_LEVEL": "WARNING", **ours, **os.environ}
        finally:
            ENV_FILE.unlink(missing_ok=True)


@contextmanager
def shared_environment() -> Iterator[dict[str, str]]:
    """The same, with the services that `make run` or another command has up, if one has."""
    if _services_are_named():
        yield dict(os.environ)
        return
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with alone(), environment() as variables:
                yield variables
            return
        except Busy:
            # They who hold the lock are running (there is a file), starting or ending.
            if ENV_FILE.exists():
                break
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    lines = ENV_FILE.read_text().splitlines()
    yield {**dict(line.split("=", 1) for line in lines), **os.environ}


def _services_are_named() -> bool:
    return all(name in os.environ for name in _SERVICE_VARIABLES)
