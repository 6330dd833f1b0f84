"""`python -m tests.chaos.celery STEP LEASE SWEEP ARGUMENT …`: Celery as in production, but for these
three, which are the product's own where 0 is given: followers a task, and seconds."""

import sys
from datetime import timedelta

import django

django.setup()

from apps.feed import fanout  # noqa: E402 - not before Django is set up
from config.celery import app  # noqa: E402
from pinboard.events import outbox  # noqa: E402


def main() -> None:
    """Set what is given, and become Celery."""
    step, lease, sweep = (float(one) for one in sys.argv[1:4])
    if step:
        fanout.STEP = int(step)
    if lease:
        outbox.LEASE = timedelta(seconds=lease)
    if sweep:
        app.conf.beat_schedule["sweep-events"]["schedule"] = timedelta(seconds=sweep)
    app.start(argv=sys.argv[4:])


if __name__ == "__main__":
    main()
