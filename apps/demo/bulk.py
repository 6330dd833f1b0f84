"""A large world by COPY: rows straight into the tables, for measuring.

No service is called and no event published, so nobody's timeline is written; each is built when it
is first read. The pictures are real: a few, processed as usual, and shared by all pins.
"""

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from apps.demo import words
from apps.demo.delivery import deliver_all
from apps.demo.pictures import painted
from apps.demo.world import PASSWORD, PERSON
from apps.media.services import upload_picture
from apps.topics.matching import Texts
from apps.topics.selectors import matcher
from apps.users.services import create_person
from pinboard.sql import rows

BOARDS_EACH, PINS_EACH, FOLLOWS_EACH, SAVES_PART = 3, 30, 20, 0.6
_USER, _BOARD, _PIN = 1, 3, 5

Progress = Callable[..., Any]


def fill(
    random: Random,
    count: int,
    progress: Progress,
    bar: Progress,
    *,
    pictures: int = 12,
    unpainted: int = 0,
) -> None:
    """`count` people, three boards and thirty pins each, and twenty follows.

    `unpainted`: pictures of which there is nothing to be seen, for measuring. There can be many.
    """
    ada = create_person(email=PERSON, username="ada", password=PASSWORD, display_name="Ada Lind")
    shared = [
        upload_picture(owner_id=ada, file=SimpleUploadedFile("demo.jpg", content))
        for content in progress(painted(random, pictures), "pictures", pictures)
    ]
    deliver_all(bar)
    with transaction.atomic():
        shared += [made for (made,) in rows(_UNPAINTED, [shared, unpainted])]
        people = [ada, *_mint(_USER, count - 1)]
        _copy("users_user", _USER_COLUMNS, _people(people[1:]), progress, count - 1)
        boards = _mint(_BOARD, count * BOARDS_EACH)
        _copy("boards_board", _BOARD_COLUMNS, _boards(people, boards), progress, len(boards))
        slugs = ((owner, slug, board) for board, owner, _, slug, *_ in _boards(people, boards))
        _copy("boards_boardslug", ("owner_id", "slug", "board_id"), slugs, progress, len(boards))
        pins = _mint(_PIN, count * PINS_EACH)
        made = _pins(random, people, boards, pins, shared)
        _copy("pins_pin", PIN_COLUMNS, made, progress, len(pins))
        _tag(progress)
        follows = _follows(random, people)
        columns = ("follower_id", "person_id")
        _copy("follows_personfollow", columns, follows, progress, count * FOLLOWS_EACH)
        _count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


_UNPAINTED = """
WITH painted AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM media_picture WHERE id = ANY(%s)
)
INSERT INTO media_picture (id, sha256, key, state, reason, mime, byte_size, width, height, is_animated,
                           dominant_color, thumbhash, phash)
SELECT pinboard_mint(2), sha256(number::text::bytea), gen_random_uuid(), state, reason, mime, byte_size,
       width, height, is_animated, dominant_color, thumbhash, phash
FROM generate_series(1, %s) AS number JOIN painted ON place = number %% (SELECT count(*) FROM painted)
RETURNING id
"""


def _mint(kind: int, count: int) -> list[int]:
    found = rows("SELECT pinboard_mint(%s) FROM generate_series(1, %s)", [kind, count])
    return [one for (one,) in found]


def _copy(
    table: str, columns: tuple[str, ...], lines: Iterable[Any], progress: Progress, total: int
) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for line in progress(lines, table.split("_")[1], total):
            copy.write_row(line)


_USER_COLUMNS = (
    "id", "email", "username", "display_name", "password", "about", "website", "location", "country",
    "language", "is_superuser", "is_staff", "is_active", "session_generation",
)  # fmt: skip


def _people(people: list[int]) -> Iterator[tuple[Any, ...]]:
    for number, person in enumerate(people, start=1):
        name = words.NAMES[number % len(words.NAMES)]
        email, username = f"person{number}@pinboard.example", f"person_{number}"
        profile = ("", "", "", "", "")
        yield (person, email, username, name, "!", *profile, False, False, True, 0)


_BOARD_COLUMNS = ("id", "owner_id", "name", "slug", "description", "is_secret", "position")


def _boards(people: list[int], boards: list[int]) -> Iterator[tuple[Any, ...]]:
    names = list(words.IDEAS)
    for number, board in enumerate(boards):
        owner, place = people[number // BOARDS_EACH], number % BOARDS_EACH
        name = names[(number * 5 + place) % len(names)]
        yield (board, owner, name, f"{name.lower().replace(' ', '-')}-{place}", "", False, place)


PIN_COLUMNS = (
    "id", "owner_id", "board_id", "picture_id", "title", "description", "alt_text", "link", "note",
    "saved_from_id", "root_id", "is_listed",
)  # fmt: skip


def _pins(
    random: Random, people: list[int], boards: list[int], pins: list[int], pictures: list[int]
) -> Iterator[tuple[Any, ...]]:
    """Pins of everybody mixed over time; most are saves of an earlier first pin."""
    titles = [title for some in words.IDEAS.values() for title in some]
    firsts: list[tuple[int, int, str]] = []
    for pin in pins:
        index = random.randrange(len(people))
        board = boards[index * BOARDS_EACH + random.randrange(BOARDS_EACH)]
        root = None
        if firsts and random.random() < SAVES_PART:
            # Few ideas are saved by many.
            root, picture, title = firsts[int(len(firsts) * random.random() ** 3)]
        else:
            picture, title = random.choice(pictures), random.choice(titles)
            firsts.append((pin, picture, title))
        yield (pin, people[index], board, picture, title, "", title, "", "", root, root, True)


_TEXTS = """
SELECT DISTINCT pin.title, pin.description, pin.alt_text, board.name, board.description
FROM pins_pin AS pin JOIN boards_board AS board ON board.id = pin.board_id
"""
_TAG = """
INSERT INTO pins_pintopic (topic_id, pin_id, score, is_implied)
SELECT tag.topic, pin.id, tag.score, tag.is_implied
FROM pins_pin AS pin JOIN boards_board AS board ON board.id = pin.board_id
JOIN demo_tag AS tag ON (tag.title, tag.description, tag.alt_text, tag.name, tag.about)
    = (pin.title, pin.description, pin.alt_text, board.name, board.description)
ORDER BY tag.topic, pin.id
"""


def _tag(progress: Progress) -> None:
    """What pins are about. Many have the same texts: each is matched once, and its topics joined."""
    taxonomy, texts = matcher(), rows(_TEXTS, [])
    columns = ("title", "description", "alt_text", "name", "about", "topic", "score", "is_implied")
    tags = [(*some, *tag) for some in texts for tag in taxonomy.tags(Texts(*some))]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE demo_tag (title text, description text, alt_text text, "
            "name text, about text, topic bigint, score smallint, is_implied boolean) ON COMMIT DROP"
        )
        _copy("demo_tag", columns, tags, progress, len(tags))
        cursor.execute("ANALYZE demo_tag, boards_board, pins_pin")  # or the join is a guess
        cursor.execute(_TAG)


def _follows(random: Random, people: list[int]) -> Iterator[tuple[int, int]]:
    for follower in people:
        wanted: set[int] = set()
        while len(wanted) < min(FOLLOWS_EACH, len(people) - 1):
            # Few people are followed by many.
            person = people[int(len(people) * random.random() ** 2)]
            if person != follower:
                wanted.add(person)
        for person in sorted(wanted):
            yield follower, person


_PINS = (
    "SELECT board_id, count(*) FROM pins_pin GROUP BY 1 "
    "UNION ALL SELECT owner_id, count(*) FROM pins_pin GROUP BY 1"
)
_COUNTS = {
    "pins.all": _PINS,
    "pins.listed": _PINS,
    "pins.saves": "SELECT root_id, count(*) FROM pins_pin WHERE root_id IS NOT NULL GROUP BY 1",
    "follows.followers": "SELECT person_id, count(*) FROM follows_personfollow GROUP BY 1",
    "follows.following": "SELECT follower_id, count(*) FROM follows_personfollow GROUP BY 1",
}


def _count() -> None:
    """Set the counters to what was copied."""
    with connection.cursor() as cursor:
        for name, counted in _COUNTS.items():
            cursor.execute(
                "INSERT INTO counters_counter (subject_id, name, slot, value) "  # noqa: S608 - ours
                "SELECT found.subject_id, %s, 0, found.value "
                f"FROM ({counted}) AS found(subject_id, value)",
                [name],
            )
