"""Sessions, and who they belong to, known for some seconds without a look at Postgres."""

from collections.abc import Iterable
from hashlib import blake2b
from threading import Lock

from cachetools import TTLCache
from django.contrib.sessions.backends import cached_db
from django.db import transaction
from django_redis import get_redis_connection

from apps.users.models import User
from pinboard.cache import keys
from pinboard.cache.commands import command
from pinboard.cache.once import AWAY
from pinboard.live.topics import announce

# A session that ended in a way that nobody told us of is good for so long. Suspension, deletion, another
# password and logging out are told.
KNOWN_SECONDS = 60
# The same within one process, which hears nothing of sessions that others end.
AT_HAND_SECONDS = 5

_at_hand: TTLCache[str, int] = TTLCache(maxsize=10_000, ttl=AT_HAND_SECONDS)
_lock = Lock()


class SessionStore(cached_db.SessionStore):
    """Django's sessions in Valkey and Postgres. One that is deleted is nobody's at once."""

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        if key := session_key or self.session_key:
            forget([key])


def known_viewer(session_key: str) -> int | None:
    """Whose session it was a moment ago; None when that has to be found out."""
    name = _name(session_key)
    with _lock:
        found: int | None = _at_hand.get(name)
    if found is not None:
        return found
    try:
        kept = command("GET", name)
    except AWAY:
        return None
    if kept is None:
        return None
    with _lock:
        _at_hand[name] = int(kept)
    return int(kept)


def remember_viewer(session_key: str, viewer_id: int) -> None:
    """Note whose session it is."""
    try:
        get_redis_connection("default").set(_name(session_key), viewer_id, ex=KNOWN_SECONDS)
    except AWAY:
        return


def let_go(session_key: str) -> None:
    """Have this process ask again whose session it is."""
    with _lock:
        _at_hand.pop(_name(session_key), None)


def forget_sessions_of(user: User) -> None:
    """Have nobody taken for a person whose sessions are ending, once the transaction commits."""
    ending = list(user.usersession_set.values_list("session_key", flat=True))
    if ending:
        transaction.on_commit(lambda: forget(ending), robust=True)


def forget(session_keys: Iterable[str]) -> None:
    """Know nothing of these sessions any more, and have their streams find that out."""
    ended = list(session_keys)
    for key in ended:
        let_go(key)
    try:
        client = get_redis_connection("default")
        for key in ended:
            client.delete(_name(key))
    except AWAY:
        return
    announce(*[end_topic(key) for key in ended])


def end_topic(session_key: str) -> str:
    """What is announced when a session ends."""
    return keys.session_ended(_digest(session_key))


def _name(session_key: str) -> str:
    return keys.session_viewer(_digest(session_key))


def _digest(session_key: str) -> str:
    return blake2b(session_key.encode(), digest_size=16).hexdigest()
