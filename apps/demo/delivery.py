"""Sees the demo's events delivered, by the workers that run, or else by this process itself."""

import time
from collections.abc import Callable
from typing import Any

from pinboard.events.figures import figures
from pinboard.events.outbox import deliver_due


def deliver_all(bar: Callable[[str, int | None], Any]) -> None:
    """Deliver until nothing waits: pictures get their sizes, timelines their pins.

    Workers that run at the same time take their share; each delivery is done once.
    """
    waiting = _depth()
    with bar("delivering", waiting) as progress:
        while waiting:
            if not deliver_due():
                time.sleep(0.2)
            left = _depth()
            progress.total = max(progress.total, progress.n + left)
            progress.update(max(progress.total - left - progress.n, 0))
            waiting = left


def _depth() -> int:
    return sum(figures().depth.values())
