"""Many people at once, with what they have, in two statements."""

from typing import NamedTuple

from django.db import connection

from apps.follows.selectors import FOLLOWERS
from pinboard.counters.counts import bump
from tests.factories.media import PictureFactory
from tests.factories.topics import topic

# Each has a board with a first pin about bread, and a save of another's. Each follows the star, who follows
# them. Of five one has the star's board left out, and one of their boards left out or followed by the star.
_CROWD = """
DROP TABLE IF EXISTS crowd;

CREATE TEMPORARY TABLE crowd AS
SELECT number, pinboard_mint(1) AS person, pinboard_mint(3) AS board, pinboard_mint(5) AS pin,
       pinboard_mint(5) AS saved
FROM generate_series(1, %(count)s) AS number;

INSERT INTO users_user (id, email, username, display_name, password, about, website, location, country,
                        language, is_superuser, is_staff, is_active, session_generation)
SELECT person, person || '@example.com', 'p_' || person, '', '!', '', '', '',
       (%(countries)s::text[])[1 + number %% cardinality(%(countries)s::text[])], '',
       false, false, true, 0
FROM crowd;

INSERT INTO boards_board (id, owner_id, name, slug, description, is_secret, position)
SELECT board, person, 'Plain', 'plain', '', false, 0 FROM crowd;

INSERT INTO pins_pin (id, owner_id, board_id, picture_id, title, description, alt_text, link, note,
                      saved_from_id, root_id, is_listed)
SELECT made.id, one.person, one.board, %(picture)s, 'Bread', '', '', '', '', made.root, made.root, true
FROM crowd AS one JOIN crowd AS other ON other.number = 1 + one.number / 2,
     LATERAL (VALUES (one.pin, NULL), (one.saved, other.pin)) AS made(id, root);

INSERT INTO pins_pintopic (topic_id, pin_id, score, is_implied)
SELECT %(topic)s, unnest(ARRAY[pin, saved]), 1, false FROM crowd;

INSERT INTO counters_counter (subject_id, name, slot, value)
SELECT counted.subject, counted.name, slot, 1
FROM crowd, generate_series(0, 3) AS slot, LATERAL (VALUES
    (pin, 'pins.saves'), (board, 'pins.all'), (board, 'pins.listed')) AS counted(subject, name);

INSERT INTO follows_personfollow (follower_id, person_id)
SELECT person, %(star)s FROM crowd UNION ALL SELECT %(star)s, person FROM crowd;

INSERT INTO follows_boardfollow (follower_id, board_id, is_following)
SELECT person, %(board)s, false FROM crowd WHERE number %% 5 = 0
UNION ALL SELECT %(star)s, board, number %% 2 = 0 FROM crowd WHERE number %% 5 = 0
"""


class One(NamedTuple):
    """Somebody of a crowd: who it is, their board, their first pin, and their save of another's."""

    person: int
    board: int
    pin: int
    saved: int


def make_crowd(board, count, countries=("",)):
    """So many people, whom the owner of a board follows and who follow them, in these countries in turn."""
    bump(FOLLOWERS, {board.owner_id: count})
    with connection.cursor() as cursor:
        cursor.execute(
            _CROWD,
            {
                "count": count,
                "picture": PictureFactory().pk,
                "topic": topic("bread").pk,
                "star": board.owner_id,
                "board": board.pk,
                "countries": list(countries),
            },
        )
        cursor.execute("SELECT person, board, pin, saved FROM crowd ORDER BY number")
        return [One(*row) for row in cursor.fetchall()]
