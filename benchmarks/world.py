"""The world that is measured in: a large demo, and people who are logged in to it."""

import sys
from dataclasses import dataclass
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django_redis import get_redis_connection
from tqdm import tqdm

from apps.demo import bulk
from apps.feed.timelines import timeline_of
from apps.users.models import User

SEED = 1


@dataclass(frozen=True)
class Viewer:
    """Somebody logged in: their id, and a session's key, which is their bearer token too."""

    id: int
    token: str


def fill(people: int) -> None:
    """People, their boards and pins, and whom they follow."""
    bulk.fill(Random(SEED), people, _progress, _bar, pictures=8)


def viewers(count: int) -> list[Viewer]:
    """People who are logged in, with timelines that are built."""
    people = User.objects.filter(is_staff=False).order_by("pk")[:count]
    found = [_log_in(user) for user in people]
    for viewer in _progress(found, "timelines", len(found)):
        timeline_of(viewer.id)
    return found


def _log_in(user: User) -> Viewer:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    # For the contender that knows no sessions.
    get_redis_connection("default").set(f"limit:{session.session_key}", user.pk)
    return Viewer(user.pk, session.session_key)


def _bar(label: str, total: int | None) -> Any:
    return tqdm(desc=f"{label:>12}", total=total, unit="", file=sys.stderr)


def _progress(items: Any, label: str, total: int | None = None) -> Any:
    return tqdm(items, desc=f"{label:>12}", total=total, unit="", file=sys.stderr)
