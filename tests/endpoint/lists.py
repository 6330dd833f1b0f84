"""What every connection of the schema holds, for `test_every_connection.py`: for each a recipe.

A recipe makes a parent with so many entries that a viewer sees, and gives both, the entries in the order in
which the list has them when none is asked for. A new connection needs one, in `RECIPES`.
"""

from contextlib import contextmanager

from django.db import transaction

from apps.boards.models import Board, Section
from apps.feed.services import hide_pin, see_fewer
from apps.follows.services import follow_board, follow_person, follow_topic
from apps.pins.models import Pin
from apps.topics.models import Topic
from apps.users.models import User
from apps.users.services import block_person, mute_person
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import TopicFactory, make_tag
from tests.factories.users import UserFactory


def _boards(viewer, count):
    owner = UserFactory()
    # Few names and places, so that many boards are equal but for their ids.
    boards = [BoardFactory(owner=owner, name="ab"[n % 2], position=n % 3) for n in range(count)]
    return owner, _in_place(boards)


def _sections(viewer, count):
    board = BoardFactory()
    return board, _in_place([SectionFactory(board=board, position=n % 3) for n in range(count)])


def _pins_of_person(viewer, count):
    boards = BoardFactory.create_batch(2, owner=UserFactory())
    return boards[0].owner, _newest_first([make_pin(boards[n % 2]) for n in range(count)])


def _pins_of_board(viewer, count):
    board = BoardFactory()
    return board, _newest_first([make_pin(board) for _ in range(count)])


def _pins_of_section(viewer, count):
    section = SectionFactory()
    pins = [make_pin(section.board, section_id=section.pk) for _ in range(count)]
    return section, _newest_first(pins)


def _pins_of_topic(viewer, count):
    topic, (_, pins) = TopicFactory(), _pins_of_board(viewer, count)
    for pin in pins:
        make_tag(pin, topic)
    return topic, pins


def _saves(viewer, count):
    pin, boards = make_pin(), BoardFactory.create_batch(count, owner=UserFactory())
    return pin, _newest_first([make_save(pin, board) for board in boards])


def _followers(viewer, count):
    person, people = UserFactory(), UserFactory.create_batch(count)
    for one in people:
        follow_person(follower_id=one.pk, person_id=person.pk)
    return person, _newest_first(people)


def _chosen(factory, choose, chooser=UserFactory):
    """A recipe for what somebody has chosen, one after the other."""

    def recipe(viewer, count):
        person, things = chooser(), factory.create_batch(count)
        for one in things:
            choose(person.pk, one.pk)
        return person, _newest_first(things)

    return recipe


def _chosen_by_viewer(factory, choose):
    """The same of lists that nobody else sees."""
    return lambda viewer, count: _chosen(factory, choose, lambda: viewer)(viewer, count)


def _hidden(viewer, count):
    _, pins = _pins_of_board(viewer, count)
    for pin in reversed(pins):
        hide_pin(person_id=viewer.pk, pin_id=pin.pk)
    return viewer, pins


def _seeing_fewer(viewer, count):
    kinds = (UserFactory, BoardFactory, TopicFactory)
    subjects = [kinds[n % len(kinds)]() for n in range(count)]
    for one in subjects:
        see_fewer(person_id=viewer.pk, subject_id=one.pk)
    return viewer, _newest_first(subjects)


def _feed(viewer, count):
    # Each of an author of its own, so that a ranking has nobody to put apart.
    boards = BoardFactory.create_batch(count)
    for board in boards:
        follow_person(follower_id=viewer.pk, person_id=board.owner_id)
    return viewer, _newest_first([make_pin(board) for board in boards])


def _newest_first(made):
    return made[::-1]


def _in_place(made):
    return sorted(made, key=lambda one: (one.position, one.pk))


RECIPES = {
    "Board.pins": _pins_of_board,
    "Board.sections": _sections,
    "Pin.saves": _saves,
    "Section.pins": _pins_of_section,
    "Topic.pins": _pins_of_topic,
    "User.blockedPeople": _chosen_by_viewer(
        UserFactory, lambda by, one: block_person(blocker_id=by, blocked_id=one)
    ),
    "User.boards": _boards,
    "User.followedBoards": _chosen(
        BoardFactory, lambda by, one: follow_board(follower_id=by, board_id=one)
    ),
    "User.followedTopics": _chosen_by_viewer(
        TopicFactory, lambda by, one: follow_topic(follower_id=by, topic_id=one)
    ),
    "User.followers": _followers,
    "User.following": _chosen(
        UserFactory, lambda by, one: follow_person(follower_id=by, person_id=one)
    ),
    "User.followingFeed": _feed,
    "User.hiddenPins": _hidden,
    "User.homeFeed": _feed,
    "User.mutedPeople": _chosen_by_viewer(
        UserFactory, lambda by, one: mute_person(muter_id=by, muted_id=one)
    ),
    "User.pins": _pins_of_person,
    "User.seeingFewer": _seeing_fewer,
}

# Every order that can be asked for: by what the entries are sorted.
ORDERS = {
    "BoardOrder.OWN": lambda board: (board.position, board.pk),
    "BoardOrder.NEWEST": lambda board: -board.pk,
    "BoardOrder.NAME": lambda board: (board.name, board.pk),
    "PinOrder.NEWEST": lambda pin: -pin.pk,
    "PinOrder.OLDEST": lambda pin: pin.pk,
}

# Entries stay where they are when what they name is out of sight: they have null for it.
KEEPS_PLACES = {"User.hiddenPins", "User.seeingFewer"}

# The order is a ranking's own, made anew for each page without a cursor, which begins a scroll: cursors
# are those of the scroll (docs/feed/home.md). In all else a page of it is one of any list.
IS_RANKED = {"User.homeFeed"}

_UNSEEN = {
    Board: {"is_secret": True},
    Pin: {"hidden_at": "2026-01-01T00:00:00Z"},
    Topic: {"is_active": False},
    User: {"is_active": False},
}


@contextmanager
def out_of_sight(entries):
    """Nobody but their owners sees these in the block; sections, which all see, are gone."""
    with transaction.atomic():
        for kind in {type(one) for one in entries}:
            those = kind.objects.filter(pk__in=[one.pk for one in entries if type(one) is kind])
            if kind is Section:
                those.delete()
            else:
                those.update(**_UNSEEN[kind])
        yield
        transaction.set_rollback(True)
