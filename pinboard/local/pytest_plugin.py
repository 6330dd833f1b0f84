"""Gives a test run services of its own, before Django reads its settings.

The process that the run starts in starts them and ends them; pytest-xdist's workers inherit their
addresses and take a pair of Valkey's databases each. With `PINBOARD_ENV=test` and `DATABASE_URL`
set from outside, those services are used instead.
"""

import atexit
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinboard.local.account import temporary_folder
from pinboard.local.services import Services


class _Run:
    """What this process started."""

    services: Services | None = None
    folder: Path | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is not None:
        _take_share(int(worker.removeprefix("gw")) + 1)
    elif not (os.environ.get("PINBOARD_ENV") == "test" and "DATABASE_URL" in os.environ):
        _start()
    return (yield)


def pytest_unconfigure() -> None:
    _stop()


def _start() -> None:
    # Also when pytest ends before it is configured, as it does when the settings refuse to load.
    atexit.register(_stop)
    _Run.folder = temporary_folder()
    _Run.services = Services(_Run.folder, durable=False)
    _Run.services.start()
    folders = {
        name: str(_Run.folder / part)
        for name, part in (("MEDIA_ROOT", "media"), ("PRIVATE_ROOT", "private"))
    }
    os.environ.update(_Run.services.environment(), **folders, PINBOARD_ENV="test")
    os.environ.setdefault("LOG_LEVEL", "WARNING")


def _stop() -> None:
    if _Run.services is not None:
        _Run.services.stop()
        _Run.services = None
    if _Run.folder is not None:
        shutil.rmtree(_Run.folder, ignore_errors=True)
        _Run.folder = None


def _take_share(number: int) -> None:
    """A pair of Valkey's databases, and folders, that are this worker's own."""
    for name, database in (("CACHE_URL", 2 * number), ("CELERY_BROKER_URL", 2 * number + 1)):
        os.environ[name] = re.sub(r"/\d+$", f"/{database}", os.environ[name])
    for name in ("MEDIA_ROOT", "PRIVATE_ROOT"):
        if name in os.environ:
            os.environ[name] += f"-{number}"
