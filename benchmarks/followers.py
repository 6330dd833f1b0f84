"""An author with followers whose timelines exist."""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Author:
    """`followers`: by id, in order."""

    id: int
    board_id: int
    followers: list[int]

    @property
    def size(self) -> int:
        return len(self.followers)


def make_author(name: str, followers: int, *, are_full: bool = False) -> Author:
    """Somebody with so many followers, all of whom came by lately, with empty timelines or full ones."""
    author = create_person(email=f"{name}@pinboard.example", username=name)
    board = create_board(owner_id=author, name="Bench")
    people: list[int] = []
    bar = tqdm(desc=f"{name:>12}", total=followers, unit="")
    while len(people) < followers:
        some = _make_people(min(_BATCH, followers - len(people)))
        _follow(author, some)
        make_timelines(some, are_full=are_full)
        people += some
        bar.update(len(some))
    bar.close()
    bump(FOLLOWERS, {author: followers})
    if followers >= _BATCH:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE follows_personfollow")  # as it is sooner or later anyway
    return Author(author, board, people)


def mint() -> int:
    """The id of a pin that is not made."""
    ((pin,),) = rows("SELECT pinboard_mint(%s)", [_PIN])
    return int(pin)


def _make_people(count: int) -> list[int]:
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


def make_timelines(people: Sequence[int], *, are_full: bool = False) -> None:
    """Empty ones, or such as are trimmed after some pins more, at the rate at which full ones are."""
    client = get_redis_connection("default")
    ids = store.EMPTY + store.packed(range(1, store.MAX_ENTRIES + 1)) if are_full else store.EMPTY
    for start in range(0, len(people), 1_000):
        pipeline = client.pipeline(transaction=False)
        for number, person in enumerate(people[start : start + 1_000]):
            lack = number % store.SLACK if are_full else 0
            pipeline.set(keys.timeline(person), ids[: len(ids) - 8 * lack])
        pipeline.execute()
