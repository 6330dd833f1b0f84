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
from apps.feed.timelines import rebuild
from apps.follows.models import PersonFollow
from apps.users.models import User

SEED = 1
# Beside the twenty whom everybody follows in the world; thirty pins each.
_MORE_FOLLOWED = 15


@dataclass(frozen=True)
class Viewer:
    """Somebody logged in: their id, a session's key, which is their bearer token too, and the newest
    of their timeline."""

    id: int
    token: str
    timeline: tuple[int, ...]


def fill(people: int) -> None:
    """People, their boards and pins, and whom they follow."""
    bulk.fill(Random(SEED), people, _progress, _bar, pictures=8)


def viewers(count: int) -> list[Viewer]:
    """People who are logged in, with timelines that are built, and full where the world has enough."""
    people = list(User.objects.filter(is_staff=False).order_by("pk")[:count])
    _follow_more(people)
    return [_log_in(user) for user in _progress(people, "viewers", len(people))]


def _follow_more(people: list[User]) -> None:
    """Have everybody follow enough people for a timeline of 800."""
    others = list(User.objects.order_by("-pk").values_list("pk", flat=True)[:_MORE_FOLLOWED])
    PersonFollow.objects.bulk_create(
        [
            PersonFollow(follower=person, person_id=other)
            for person in people
            for other in others
            if other != person.pk
        ],
        ignore_conflicts=True,
    )


def _log_in(user: User) -> Viewer:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    # For the contender that knows no sessions.
    get_redis_connection("default").set(f"limit:{session.session_key}", user.pk)
    return Viewer(user.pk, session.session_key, tuple(rebuild(user.pk)[:100]))


def _bar(label: str, total: int | None) -> Any:
    return tqdm(desc=f"{label:>12}", total=total, unit="", file=sys.stderr)


def _progress(items: Any, label: str, total: int | None = None) -> Any:
    return tqdm(items, desc=f"{label:>12}", total=total, unit="", file=sys.stderr)
