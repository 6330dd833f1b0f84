"""Kicks: after a commit a worker is asked to run the relay at once, and not with the next sweep."""

import time
from contextlib import suppress

import structlog
from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from pinboard.cache import keys
from pinboard.cache.once import AWAY

log = structlog.get_logger(__name__)

# A kick that fails costs a connection attempt; the sweep does without it in the meantime.
KICK_PAUSE_SECONDS = 30.0
# For so long a kick stands for those that follow it, as long as a sweep is away.
ASKED_SECONDS = 5


class _Pause:
    """Until when kicks are left to the sweep; 0 while the broker answers."""

    until = 0.0


def kick() -> None:
    """Ask a worker to run the relay now. A broker that is away is no error, and hardly a delay."""
    now = time.monotonic()
    if now < _Pause.until:
        return
    if _Pause.until:
        # The pause is over: this thread finds out, the others need not wait with it.
        _Pause.until = now + KICK_PAUSE_SECONDS
    try:
        if _is_first_to_ask():
            current_app.send_task("pinboard.events.tasks.relay")
        _Pause.until = 0.0
    except (BrokerAway, RedisError, OSError) as error:
        _Pause.until = now + KICK_PAUSE_SECONDS
        log.warning("events.kick_failed", reason=type(error).__name__)


def relay_begins() -> None:
    """Before the relay's first look: who does not ask from now on will be seen."""
    with suppress(*AWAY):
        cache.delete(keys.relay_asked())


def _is_first_to_ask() -> bool:
    """Whether nobody has asked since a relay began last. Without workers a relay is asked for once in a
    while, and not for each commit."""
    try:
        return bool(cache.add(keys.relay_asked(), 1, timeout=ASKED_SECONDS))
    except AWAY:
        return True
