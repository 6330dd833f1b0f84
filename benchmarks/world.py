"""The world that is measured in: a large demo, and people who are logged in to it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from django.db.models import QuerySet
from django_redis import get_redis_connection
from tqdm import tqdm

from apps.demo import bulk
from apps.feed.timelines import rebuild
from apps.follows.models import PersonFollow
from apps.pins.models import Pin
from apps.users.models import User
from apps.users.services import create_person

SEED = 1
# Beside the twenty whom everybody follows in the world; thirty pins each.
_MORE_FOLLOWED = 15
_CHUNK = 100_000
# As many as there are first pins: a picture is on a few pins, most of them saves of the first.
_PICTURES_EACH = 12


@dataclass(frozen=True)
class Viewer:
    """Somebody logged in: their id, and a session's key, which is their bearer token too."""

    id: int
    token: str


def fill(people: int) -> None:
    """People, their boards and pins, and whom they follow."""
    pictures = people * _PICTURES_EACH
    bulk.fill(Random(SEED), people, _progress, _bar, pictures=8, unpainted=pictures)


def viewers(count: int) -> list[Viewer]:
    """People who are logged in, with timelines that are built, and full where the world has enough."""
    people = list(User.objects.filter(is_staff=False).order_by("pk")[:count])
    _follow_more(people)
    return [log_in(user.pk) for user in _progress(people, "viewers", len(people))]


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


class Reader(NamedTuple):
    """Somebody new, and how many they follow."""

    id: int
    followed: int


_FOLLOW_FIRST = """
INSERT INTO follows_personfollow (follower_id, person_id)
SELECT %s, id FROM users_user AS person
WHERE EXISTS (SELECT 1 FROM pins_pin WHERE owner_id = person.id) ORDER BY id LIMIT %s
"""


def reader(name: str, count: int) -> Reader:
    """Somebody new who follows the first `count` people of the world who have pinned, or all."""
    made = create_person(email=f"{name}@pinboard.example", username=name)
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW_FIRST, [made, count])
        return Reader(made, cursor.rowcount)


def follow_topics(people: Sequence[int], each: int) -> None:
    """Have people follow topics that pins are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO follows_topicfollow (follower_id, topic_id)"
            " SELECT person, topic FROM unnest(%s::bigint[]) AS person,"
            " (SELECT topic_id AS topic FROM pins_pintopic GROUP BY 1 ORDER BY count(*) DESC LIMIT %s)"
            " AS topics ON CONFLICT DO NOTHING",
            [list(people), each],
        )


# The same once more, by its owner, on its board, about its topics.
_AGAIN = f"""
WITH again AS MATERIALIZED (
    SELECT pinboard_mint(5) AS made, pin.* FROM pins_pin AS pin
    WHERE owner_id = ANY(%(owners)s) ORDER BY owner_id, id LIMIT %(count)s
), pins AS (
    INSERT INTO pins_pin ({", ".join(bulk.PIN_COLUMNS)})
    SELECT {", ".join(["made", *bulk.PIN_COLUMNS[1:]])} FROM again
)
INSERT INTO pins_pintopic (topic_id, pin_id, score, is_implied)
SELECT tag.topic_id, again.made, tag.score, tag.is_implied
FROM again JOIN pins_pintopic AS tag ON tag.pin_id = again.id
"""


def fill_up(authors: int, each: int) -> None:
    """See that the first people of the world have so many pins each."""
    first = User.objects.filter(pk__in=_pins().values("owner_id")).order_by("pk")
    owners = list(first.values_list("pk", flat=True)[:authors])
    while (lack := authors * each - _pins().filter(owner_id__in=owners).count()) > 0:
        _again(owners, lack)


def grow_to(pins: int) -> None:
    """Everybody pins what they have pinned once more, until there are so many."""
    owners = list(User.objects.values_list("pk", flat=True))
    with tqdm(desc=f"{'more pins':>12}", total=pins, initial=_pins().count()) as bar:
        while (lack := pins - _pins().count()) > 0:
            _again(owners, min(lack, _CHUNK))
            bar.update(min(lack, _CHUNK))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE pins_pin")


def _again(owners: Sequence[int], count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, {"owners": owners, "count": count})


def _pins() -> QuerySet[Pin]:
    return Pin.objects.all()


def log_in(person_id: int) -> Viewer:
    """A session of somebody's, whose timeline is built."""
    user = User.objects.get(pk=person_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    # For the contender that knows no sessions.
    get_redis_connection("default").set(f"limit:{session.session_key}", user.pk)
    rebuild(user.pk)
    return Viewer(user.pk, session.session_key)


def _bar(label: str, total: int | None) -> Any:
    return tqdm(desc=f"{label:>12}", total=total, unit="", file=sys.stderr)


def _progress(items: Any, label: str, total: int | None = None) -> Any:
    return tqdm(items, desc=f"{label:>12}", total=total, unit="", file=sys.stderr)
