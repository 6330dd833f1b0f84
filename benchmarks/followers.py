"""An author with followers whose timelines exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from django.db import connection, transaction
from django_redis import get_redis_connection
from tqdm import tqdm

from apps.boards.services import create_board
from apps.feed import store
from apps.follows.selectors import FOLLOWERS
from apps.users.services import create_person
from pinboard.cache import keys
from pinboard.counters.counts import bump
from pinboard.sql import rows

_PERSON, _PIN = 1, 5
_BATCH = 50_000
_ORDER = Random(1)


@dataclass(frozen=True)
class Author:
    """`followers`: by id, in order."""

    id: int
    board_id: int
    followers: list[int]

    @property
    def size(self) -> int:
        return len(self.followers)


def make_author(name: str, followers: int, *, entries: int = 0) -> Author:
    """Somebody with so many followers of their own, whose timelines have so many entries."""
    return followed_by(name, make_people(followers, entries=entries))


def followed_by(name: str, people: list[int]) -> Author:
    """Somebody whom people, by id, follow."""
    author = create_person(email=f"{name}@pinboard.example", username=name)
    board = create_board(owner_id=author, name="Bench")
    for start in range(0, len(people), _BATCH):
        _follow(author, people[start : start + _BATCH])
    bump(FOLLOWERS, {author: len(people)})
    if len(people) >= _BATCH:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE follows_personfollow")  # as it is sooner or later anyway
    return Author(author, board, people)


def make_people(count: int, *, entries: int = 0) -> list[int]:
    """So many people by id, all of whom came by lately, in no order: their timelines stand in none."""
    people: list[int] = []
    bar = tqdm(desc=f"{'people':>12}", total=count, unit="")
    while len(people) < count:
        some = _insert_people(min(_BATCH, count - len(people)))
        people += some
        bar.update(len(some))
    bar.close()
    make_timelines(_ORDER.sample(people, count), entries)
    return people


def mint() -> int:
    """The id of a pin that is not made."""
    ((pin,),) = rows("SELECT pinboard_mint(%s)", [_PIN])
    return int(pin)


def _insert_people(count: int) -> list[int]:
    minted = rows("SELECT pinboard_mint(%s) FROM generate_series(1, %s)", [_PERSON, count])
    people = sorted(person for (person,) in minted)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO users_user (id, email, username, display_name, password, about, website,"
            " location, country, language, is_superuser, is_staff, is_active, session_generation)"
            " SELECT id, 'f' || id || '@pinboard.example', 'f_' || id, '', '!', '', '', '', '', '',"
            " false, false, true, 0 FROM unnest(%s::bigint[]) AS id",
            [people],
        )
    return people


@transaction.atomic
def _follow(author: int, people: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO follows_personfollow (follower_id, person_id)"
            " SELECT id, %s FROM unnest(%s::bigint[]) AS id",
            [author, people],
        )


def make_timelines(people: Sequence[int], entries: int = 0) -> None:
    """Timelines of so many entries. Full ones are trimmed after some pins more, at the rate at which they are."""
    client = get_redis_connection("default")
    ids = store.EMPTY + store.packed(range(1, entries + 1))
    slack = store.SLACK if entries == store.MAX_ENTRIES else 1
    for start in range(0, len(people), 1_000):
        pipeline = client.pipeline(transaction=False)
        for number, person in enumerate(people[start : start + 1_000]):
            pipeline.set(keys.timeline(person), ids[: len(ids) - 8 * (number % slack)])
        pipeline.execute()
