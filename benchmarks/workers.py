"""Celery workers, as `make run` has them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app

from pinboard.local.process import end_with_parent

_PATIENCE_SECONDS = 60


@contextmanager
def workers(processes: int) -> Iterator[int]:
    """So many worker processes on all queues, for as long as the block lasts; their parent's id."""
    command = [
        sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "-A", "config", "worker",
        "-Q", "fanout,relay,default,media,refill", "-c", str(processes), "--loglevel", "ERROR",
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    worker = subprocess.Popen(
        command, preexec_fn=end_with_parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not current_app.control.ping(timeout=1):
            if worker.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The workers did not start.")
        yield worker.pid
    finally:
        worker.terminate()
        worker.wait(_PATIENCE_SECONDS)
