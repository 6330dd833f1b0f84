"""Reads: who follows whom, and which boards and topics."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.boards.selectors import BoardRecord
from apps.boards.visibility import BOARD
from apps.follows.models import BoardFollow, PersonFollow, TopicFollow
from apps.topics.visibility import TOPIC
from apps.users.visibility import PERSON
from pinboard.counters.counts import totals
from pinboard.paging import Listing, Order
from pinboard.postgres.statements import Statement
from pinboard.sql import VIEWER, Later, array, as_viewer, rows
from pinboard.visibility import NOBODY

FOLLOWERS = "follows.followers"
FOLLOWING = "follows.following"
TOPIC_FOLLOWERS = "follows.topic_followers"

# One for each kind of list, so that none takes the cursors of another.
PEOPLE_NEWEST = Order("follows.newest", ("-id",))
BOARDS_NEWEST = Order("follows.boards", ("-id",))
TOPICS_NEWEST = Order("follows.topics", ("-id",))

# What the follower chose for the board itself, else whether they follow its owner.
_FOLLOWS = """
coalesce(
    (SELECT is_following FROM follows_boardfollow AS choice
     WHERE choice.follower_id = {follower} AND choice.board_id = {board}),
    EXISTS (SELECT 1 FROM follows_personfollow AS follow
            WHERE follow.follower_id = {follower} AND follow.person_id = {owner})
)
"""

# Of an owner, and of a board: who chose to follow it, and who chose not to. Three walks over indexes; put
# together here, which takes a third of the time that Postgres needs for it.
_FOLLOWERS_BETWEEN = """
SELECT
    ARRAY(SELECT follower_id FROM follows_personfollow
          WHERE person_id = due.owner AND follower_id > due.after AND follower_id <= due.until
          ORDER BY follower_id LIMIT %s),
    ARRAY(SELECT follower_id FROM follows_boardfollow
          WHERE board_id = due.board AND is_following
            AND follower_id > due.after AND follower_id <= due.until
          ORDER BY follower_id LIMIT %s),
    ARRAY(SELECT follower_id FROM follows_boardfollow
          WHERE board_id = due.board AND NOT is_following
            AND follower_id > due.after AND follower_id <= due.until
          ORDER BY follower_id LIMIT %s)
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    WITH ORDINALITY AS due(owner, board, after, until, place)
ORDER BY place
"""

# One walk over the index, or a sort where Postgres knows little of the table. A walk from one to the next sorted
# for each what was left then.
_FOLLOWER_BOUNDS = """
WITH found AS MATERIALIZED (
    SELECT ARRAY(SELECT follower_id FROM follows_personfollow
                 WHERE person_id = %(person)s ORDER BY follower_id) AS ids
)
SELECT ids[place] FROM found, generate_series(%(step)s, cardinality(ids), %(step)s) AS place ORDER BY place
"""


class Followers(NamedTuple):
    """The followers of a person's board with ids beyond `after`, up to `until`."""

    owner_id: int
    board_id: int
    after: int
    until: int


class Reached(NamedTuple):
    """Followers by id, which are all of their range up to `until`."""

    people: list[int]
    until: int


def followers_of(viewer_id: int | None) -> Listing:
    """The people who follow people."""
    return Listing(
        lambda person: PersonFollow.objects.filter(
            PERSON.through("follower", owner="follower_id").q(VIEWER.expression()), person_id=person
        ),
        PEOPLE_NEWEST,
        node="follower_id",
        values=as_viewer(viewer_id),
        name="follows.followers",
    )


def following_of(viewer_id: int | None) -> Listing:
    """The people whom people follow."""
    return Listing(
        lambda follower: PersonFollow.objects.filter(
            PERSON.through("person", owner="person_id").q(VIEWER.expression()), follower_id=follower
        ),
        PEOPLE_NEWEST,
        node="person_id",
        values=as_viewer(viewer_id),
        name="follows.followed",
    )


def followed_boards_of(viewer_id: int | None) -> Listing:
    """The boards that people chose to follow, beside those of the people they follow."""
    return Listing(
        lambda follower: BoardFollow.objects.filter(
            BOARD.through("board").q(VIEWER.expression()), follower_id=follower, is_following=True
        ),
        BOARDS_NEWEST,
        node="board_id",
        values=as_viewer(viewer_id),
        name="follows.boards",
    )


def followed_topics_of(viewer_id: int | None) -> Listing:
    """The topics that people follow."""
    return Listing(
        lambda follower: TopicFollow.objects.filter(
            TOPIC.through("topic").public(), follower_id=follower
        ),
        TOPICS_NEWEST,
        node="topic_id",
        values=as_viewer(viewer_id),
        name="follows.topics",
    )


def follower_counts(people: Sequence[int]) -> Later[list[int]]:
    """How many people follow each. One statement."""
    return totals(FOLLOWERS, people)


def following_counts(people: Sequence[int]) -> Later[list[int]]:
    """How many people each follows. One statement."""
    return totals(FOLLOWING, people)


def followed_among(follower_id: int | None, people: Sequence[int]) -> set[int]:
    """Whom of these people the follower follows. One statement."""
    if follower_id is None:
        return set()
    found = PersonFollow.objects.filter(follower_id=follower_id, person_id__in=people)
    return set(found.values_list("person_id", flat=True))


def followers_among(person_id: int | None, people: Sequence[int]) -> set[int]:
    """Who of these people follows the person. One statement."""
    if person_id is None:
        return set()
    found = PersonFollow.objects.filter(person_id=person_id, follower_id__in=people)
    return set(found.values_list("follower_id", flat=True))


def boards_followed_among(follower_id: int | None, boards: Sequence[BoardRecord]) -> list[bool]:
    """Whether the follower follows each board, by itself or with its owner. One statement."""
    condition = _FOLLOWS.format(follower="%s", board="board.id", owner="board.owner_id")
    found = rows(
        f"SELECT {condition} FROM unnest(%s::bigint[], %s::bigint[]) "  # noqa: S608 - both are ours
        "WITH ORDINALITY AS board(id, owner_id, ord) ORDER BY board.ord",
        [
            follower_id or NOBODY,
            follower_id or NOBODY,
            [board.id for board in boards],
            [board.owner_id for board in boards],
        ],
    )
    return [follows for (follows,) in found]


def topic_follower_counts(topics: Sequence[int]) -> Later[list[int]]:
    """How many people follow each topic. One statement."""
    return totals(TOPIC_FOLLOWERS, topics)


def topics_followed_among(follower_id: int | None, topics: Sequence[int]) -> set[int]:
    """Which of these topics the follower follows. One statement."""
    if follower_id is None:
        return set()
    found = TopicFollow.objects.filter(follower_id=follower_id, topic_id__in=topics)
    return set(found.values_list("topic_id", flat=True))


def topics_followed_by(person_id: int) -> list[int]:
    """The topics in use that somebody follows, at most 200. One statement."""
    found = TopicFollow.objects.filter(TOPIC.through("topic").public(), follower_id=person_id)
    return list(found.values_list("topic_id", flat=True))


def followed(follower: Any, *, owner: str = "owner_id", board: str = "board_id") -> Q:
    """A filter for rows that lie on a board: whether `follower` follows it.

    `follower`: an id, or an expression. `owner` and `board`: the rows' columns.
    """
    choice = BoardFollow.objects.filter(follower_id=follower, board_id=OuterRef(board))
    person = PersonFollow.objects.filter(follower_id=follower, person_id=OuterRef(owner))
    is_chosen = Q(Exists(choice.filter(is_following=True)))
    return is_chosen | (Q(Exists(person)) & ~Q(Exists(choice.filter(is_following=False))))


def choices(follower: Any, *, owner: str = "owner_id", board: str = "board_id") -> dict[str, Any]:
    """What decides `followed`, as annotations of rows that lie on a board: `is_person_followed`, whether
    the owner is, and `board_choice`, what the follower chose for the board itself, NULL for nothing."""
    person = PersonFollow.objects.filter(follower_id=follower, person_id=OuterRef(owner))
    choice = BoardFollow.objects.filter(follower_id=follower, board_id=OuterRef(board))
    return {
        "is_person_followed": Exists(person),
        "board_choice": Subquery(choice.values("is_following")),
    }


def followed_topics(follower: Any) -> QuerySet[TopicFollow, Any]:
    """The ids of the topics in use that `follower` (an id, or an expression) follows, as a subquery."""
    mine = TopicFollow.objects.filter(TOPIC.through("topic").public(), follower_id=follower)
    return mine.values("topic_id")


def sources_of(follower_id: int) -> tuple[list[int], list[int]]:
    """The people and the boards that somebody follows. Two statements."""
    people = PersonFollow.objects.filter(follower_id=follower_id)
    boards = BoardFollow.objects.filter(follower_id=follower_id, is_following=True)
    return (
        list(people.values_list("person_id", flat=True)),
        list(boards.values_list("board_id", flat=True)),
    )


def followers_between(ranges: Sequence[Followers], limit: int) -> list[Reached]:
    """The followers of each, by id, from at most `limit` rows of each kind. One statement."""
    if not ranges:
        return []
    columns = [array(column) for column in zip(*ranges, strict=True)]
    wanted = Statement(_FOLLOWERS_BETWEEN, [limit, limit, limit, *columns])
    found = Later(wanted, list).get()
    return [
        _reached(kinds, limit, wanted.until) for wanted, kinds in zip(ranges, found, strict=True)
    ]


def _reached(kinds: Sequence[list[int]], limit: int, until: int) -> Reached:
    """Who follows, up to where all kinds have been read."""
    if limit in map(len, kinds):
        until = min(ids[-1] for ids in kinds if len(ids) == limit)
    of_owner, chose, chose_not = kinds
    if not chose and not chose_not:
        return Reached(of_owner, until)
    people = set(of_owner).union(chose).difference(chose_not)
    return Reached(sorted(person for person in people if person <= until), until)


def follower_bounds(person_id: int, step: int) -> list[int]:
    """Every `step`-th follower of a person, by id. One statement."""
    found = rows(_FOLLOWER_BOUNDS, {"person": person_id, "step": step})
    return [follower for (follower,) in found]
