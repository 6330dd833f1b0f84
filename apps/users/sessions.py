"""Sessions, and who they belong to, known for a minute without a look at Postgres.

That a session ended is told at once, and by an event too, lest Valkey be away or the process die in that
moment.
"""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from threading import Lock
from typing import Any

from allauth.usersessions.models import UserSession
from cachetools import TTLCache
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import cached_db, db
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django_redis import get_redis_connection

from apps.users.events import SessionsEnded
from apps.users.models import User
from pinboard.cache import keys
from pinboard.cache.commands import command
from pinboard.cache.once import AWAY
from pinboard.events.outbox import publish
from pinboard.live.topics import announce

# A session that ended in a way that nobody told us of, by its age, by SQL or by Django's `changepassword`, is
# good for so long. Suspension, deletion, another password by its owner and logging out are told.
KNOWN_SECONDS = 60
# The same within one process, which hears nothing of sessions that others end.
AT_HAND_SECONDS = 5
# That a session ended is kept for longer than a request takes which found it alive a moment before.
ENDED_SECONDS = 120
_NOBODY = 0
_PRUNED_AT_ONCE = 5_000

_at_hand: TTLCache[str, int] = TTLCache(maxsize=10_000, ttl=AT_HAND_SECONDS)
_lock = Lock()


class SessionStore(cached_db.SessionStore):
    """Django's sessions in Valkey and Postgres. One that is deleted is nobody's at once.

    Without Valkey they are read from Postgres. Django's own goes without it when it reads and when it
    writes, but not when it puts back what it has read, or looks for a key that is free.
    """

    _is_anonymous = False

    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except AWAY:
            return db.SessionStore.load(self)

    def exists(self, session_key: str) -> bool:
        try:
            return super().exists(session_key)
        except AWAY:
            return db.SessionStore.exists(self, session_key)

    def cycle_key(self) -> None:
        """What was nobody's session need not be told to have ended: who logs in begins with one."""
        self._is_anonymous = SESSION_KEY not in self
        try:
            super().cycle_key()
        finally:
            self._is_anonymous = False

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        # One that was somebody's may not stay behind in Valkey: then its end fails.
        harmless = AWAY if self._is_anonymous else ()
        with transaction.atomic():
            with suppress(*harmless):
                super().delete(session_key)
            if key and not self._is_anonymous:
                _end([key])


def known_viewer(session_key: str) -> int | None:
    """Whose session it was a moment ago; None when that has to be found out."""
    name = _name(session_key)
    try:
        with _lock:
            viewer_id: int = _at_hand[name]
        return viewer_id
    except KeyError:
        return _kept_viewer(name)


def _kept_viewer(name: str) -> int | None:
    try:
        kept = command("GET", name)
    except AWAY:
        return None
    if kept is None or int(kept) == _NOBODY:
        return None
    with _lock:
        _at_hand[name] = int(kept)
    return int(kept)


def remember_viewer(session_key: str, viewer_id: int) -> None:
    """Note whose session it is, unless it has ended meanwhile."""
    with suppress(*AWAY):
        client = get_redis_connection("default")
        client.set(_name(session_key), viewer_id, ex=KNOWN_SECONDS, nx=True)


def let_go(session_key: str) -> None:
    """Have this process ask again whose session it is."""
    with _lock:
        _at_hand.pop(_name(session_key), None)


def forget_sessions_of(user: User) -> None:
    """Have nobody taken for a person whose sessions are ending, once the transaction commits."""
    ending = list(user.usersession_set.values_list("session_key", flat=True))
    if ending:
        with transaction.atomic():
            _end(ending)


def _end(session_keys: Iterable[str]) -> None:
    """These sessions end with the transaction."""
    digests = list(map(digest_of, session_keys))
    publish(SessionsEnded(digests))

    def forget_now() -> None:
        with suppress(*AWAY):  # the event will
            forget(digests)

    transaction.on_commit(forget_now, robust=True)


def forget(digests: Iterable[str]) -> None:
    """Know of these sessions that they are nobody's, and have their streams find that out. Raises `AWAY`."""
    names = list(map(keys.session_viewer, digests))
    with _lock:
        for name in names:
            _at_hand.pop(name, None)
    client = get_redis_connection("default")
    for name in names:
        client.set(name, _NOBODY, ex=ENDED_SECONDS)
    announce(*map(keys.session_ended, digests))


def prune_traces() -> int:
    """Delete the addresses and browsers of sessions that there are no more; how many.

    allauth does that when a person lists their sessions, which most never do.
    """
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    gone = UserSession.objects.filter(~Exists(alive))
    count = 0
    while ids := list(gone.values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
        count += UserSession.objects.filter(pk__in=ids).delete()[0]
    return count


def end_topic(session_key: str) -> str:
    """What is announced when a session ends."""
    return keys.session_ended(digest_of(session_key))


def _name(session_key: str) -> str:
    return keys.session_viewer(digest_of(session_key))


def digest_of(session_key: str) -> str:
    """What a session goes by outside of Postgres."""
    return blake2b(session_key.encode(), digest_size=16).hexdigest()
