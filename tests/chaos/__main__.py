"""`python -m tests.chaos [FAULT …]`: faults with real processes, on services of their own."""

import os
import shutil
import signal
import sys
from importlib import import_module

import django

from pinboard.local.account import temporary_folder
from tests.chaos.machines import Machines
from tests.chaos.options import parse


def main() -> int:
    """Start the services, then the rest, which reads Django's settings; its exit code."""
    options = parse()
    print(f"seed {options.seed}", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    # Ended in order, so that nothing is left behind.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    folder = temporary_folder()
    try:
        with Machines(folder, options.out) as machines:
            os.environ.update(
                machines.environment(),
                DJANGO_SETTINGS_MODULE="config.settings",
                PINBOARD_ENV="test",
                LOG_LEVEL="ERROR",
                MEDIA_ROOT=str(folder / "media"),
                PRIVATE_ROOT=str(folder / "private"),
                FEED_PUSH_MAX_FOLLOWERS=str(10**9),  # it is pushing that is tried
            )
            django.setup()
            return int(import_module("tests.chaos.suite").main(options, machines))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
