"""Sessions, and who they belong to, known for some seconds without a look at Postgres."""

from collections.abc import Iterable
from hashlib import blake2b

from django.contrib.sessions.backends import cached_db
from django.core.cache import cache
from django.db import transaction

from apps.users.models import User
from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.live.topics import announce

# A session that ended in a way that nobody told us of (another password) is good for so long.
KNOWN_SECONDS = 5


class SessionStore(cached_db.SessionStore):
    """Django's sessions in Valkey and Postgres. One that is deleted is nobody's at once."""

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        if key := session_key or self.session_key:
            forget([key])


def known_viewer(session_key: str) -> int | None:
    """Whose session it was a moment ago; None when that has to be found out."""
    try:
        found: int | None = cache.get(_name(session_key))
    except AWAY:
        return None
    return found


def remember_viewer(session_key: str, viewer_id: int) -> None:
    """Note whose session it is."""
    try:
        cache.set(_name(session_key), viewer_id, KNOWN_SECONDS)
    except AWAY:
        return


def forget_sessions_of(user: User) -> None:
    """Have nobody taken for a person whose sessions are ending, once the transaction commits."""
    ending = list(user.usersession_set.values_list("session_key", flat=True))
    if ending:
        transaction.on_commit(lambda: forget(ending), robust=True)


def forget(session_keys: Iterable[str]) -> None:
    """Know nothing of these sessions any more, and have their streams find that out."""
    ended = list(session_keys)
    try:
        cache.delete_many([_name(key) for key in ended])
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
