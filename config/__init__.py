"""The composition root: the one place that knows every app."""

import gc

# What a process loads stays, and a page is some thousand objects, which are gone with it: looking for
# garbage each few hundred is a fifth of what it takes to start.
gc.set_threshold(20_000, 10, 10)

from config.celery import app as celery_app  # noqa: E402 - loads Django and much else

__all__ = ["celery_app"]
