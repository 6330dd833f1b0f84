"""Kicks: after a commit a worker is asked to run the relay at once, and not with the next sweep."""

import time

import structlog
from celery import current_app
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from pinboard.cache import keys
from pinboard.cache.once import AWAY

log = structlog.get_logger(__name__)

# A kick that fails costs a connection attempt; the sweep does without it in the meantime.
KICK_PAUSE_SECONDS = 30.0
# A relay that was asked for and has not begun will see what commits meanwhile: one is enough. Its
# message may be lost, so it is waited for so long.
_WAIT_MILLISECONDS = 1_000


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
    elif not _is_first():
        return
    try:
        current_app.send_task("pinboard.events.tasks.relay")
        _Pause.until = 0.0
    except (BrokerAway, RedisError, OSError) as error:
        _Pause.until = now + KICK_PAUSE_SECONDS
        relay_begins()
        log.warning("events.kick_failed", reason=type(error).__name__)


def relay_begins() -> None:
    """Whoever commits from now on has to kick again: called before the relay looks for what is due."""
    try:
        get_redis_connection("default").delete(keys.relay_asked())
    except AWAY:
        return


def _is_first() -> bool:
    """Whether no relay is on its way that has not begun; true where it can't be known."""
    try:
        asked = get_redis_connection("default").set(
            keys.relay_asked(), 1, nx=True, px=_WAIT_MILLISECONDS
        )
    except AWAY:
        return True
    return bool(asked)
