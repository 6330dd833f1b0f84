"""Fan-out: pins on their way to, or out of, the timelines of a board's followers.

Pins of a large author go to one timeline, the author's own, and to those who follow the board by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from apps.feed import authors, store, timelines
from apps.feed.events import FanOutDue, RefillDue
from apps.follows.selectors import Followers, Reached, follower_bounds, followers_between
from apps.pins.selectors import boards_of_pins, open_pins_of_board
from pinboard.events.outbox import publish
from pinboard.visibility import NOBODY

# Followers a step; a step is a task, and short. What a task begins with costs as much as some
# thousands of them.
STEP = 25_000
# Where pins are new together, a task writes the followers of so many steps at once.
TOGETHER = 4


def start(dues: Iterable[FanOutDue]) -> None:
    """Fan pins of boards out, or back in; the dues are of one type, new pins or others.

    Few followers are written at once, those of all boards. Many are split into ranges, an event each,
    which as many workers as there are take up side by side.
    """
    wanted = [due for due in dues if due.pin_ids]
    if not wanted:
        return
    weights = authors.weigh([due.owner_id for due in wanted])
    for owner_id, weight in weights.items():
        if weight.was_large:
            _catch_up(owner_id)
    at_once: list[FanOutDue] = []
    later: list[FanOutDue] = []
    room = TOGETHER * STEP
    for due in wanted:
        followers, is_large, _ = weights[due.owner_id]
        if is_large:
            _write([(due, [timelines.own(due.owner_id)])])
            at_once.append(replace(due, owner_id=NOBODY))
        elif followers >= STEP:
            later += _split(due)
        elif followers > room:
            later.append(due)
        else:
            at_once.append(due)
            room -= followers
    found = _followers(at_once)
    _write([(due, people) for due, (people, _) in zip(at_once, found, strict=True)])
    later += _rest(at_once, found)
    if later:
        publish(*later)


def step(due: FanOutDue) -> None:
    """Write a range of followers, and see that the rest of it follows, should there be more by now.

    What follows is published in the transaction that marks this one as done, so a worker that dies
    is taken up where it was. Doing a range twice is harmless.
    """
    due = _still_due(due)
    found = _followers([due])
    _write([(due, found[0].people)])
    if rest := _rest([due], found):
        publish(*rest)


def _split(due: FanOutDue) -> list[FanOutDue]:
    bounds = [due.after, *follower_bounds(due.owner_id, STEP), due.until]
    return [replace(due, after=after, until=until) for after, until in pairwise(bounds)]


def again(pin_ids: list[int], owner_id: int) -> None:
    """Push pins of one person that some timelines do not hold, since nobody saw them for a while."""
    weight = authors.weigh([owner_id])[owner_id]
    if weight.was_large:
        _catch_up(owner_id)
    if weight.is_large:
        store.add([timelines.own(owner_id)], pin_ids)
    _push(pin_ids, NOBODY if weight.is_large else owner_id)


def _catch_up(owner_id: int) -> None:
    """Push what somebody pinned while they were large."""
    _push(timelines.own_entries(owner_id), owner_id)


def _push(pin_ids: list[int], owner_id: int) -> None:
    boards: dict[int, list[int]] = {}
    for pin_id, board_id in boards_of_pins(pin_ids):
        boards.setdefault(board_id, []).append(pin_id)
    if boards:
        publish(*[RefillDue(pins, owner_id, board_id) for board_id, pins in boards.items()])


def _still_due(due: FanOutDue) -> FanOutDue:
    """Steps come late and in any order: of pins that are to leave, only those that nobody sees there
    now. One statement where some are to leave."""
    if not due.remove:
        return due
    there = open_pins_of_board(due.board_id, due.pin_ids)
    return replace(due, pin_ids=[pin for pin in due.pin_ids if pin not in there])


def _followers(dues: Sequence[FanOutDue]) -> list[Reached]:
    ranges = [Followers(due.owner_id, due.board_id, due.after, due.until) for due in dues]
    return followers_between(ranges, STEP)


def _rest(dues: Sequence[FanOutDue], found: Sequence[Reached]) -> list[FanOutDue]:
    """What is left where there are more followers than a step has."""
    return [
        replace(due, after=until)
        for due, (_, until) in zip(dues, found, strict=True)
        if until < due.until
    ]


def _write(writes: Sequence[tuple[FanOutDue, list[int]]]) -> None:
    store.add_each((people, due.pin_ids) for due, people in writes if not due.remove)
    for due, people in writes:
        if due.remove:
            store.remove(people, due.pin_ids)
