"""Fan-out: pins on their way to, or out of, the timelines of a board's followers.

Pins of a large author go to one timeline, the author's own, and to those who follow the board by itself.
"""

from dataclasses import replace
from itertools import pairwise

from apps.feed import authors, store, timelines
from apps.feed.events import FanOutDue
from apps.follows.selectors import follower_bounds, followers_between
from apps.pins.selectors import boards_of_pins, open_pins_of_board
from pinboard.events.outbox import publish
from pinboard.visibility import NOBODY

# Followers a step; a step is a task, and short.
STEP = 10_000


def start(pin_ids: list[int], owner_id: int, board_id: int, *, remove: bool = False) -> None:
    """Fan pins of one board out, or back in.

    Few followers are written at once. Many are split into ranges, an event each, which as many
    workers as there are take up side by side.
    """
    if not pin_ids:
        return
    is_large, was_large = authors.weigh(owner_id)
    if was_large:
        _catch_up(owner_id)
    due = FanOutDue(pin_ids, NOBODY if is_large else owner_id, board_id, remove)
    if is_large:
        _write(due, [timelines.own(owner_id)])
    followers = _followers(due)
    if len(followers) < STEP:
        _write(due, followers)
        return
    bounds = [due.after, *follower_bounds(due.owner_id, STEP), due.until]
    publish(*[replace(due, after=after, until=until) for after, until in pairwise(bounds)])


def step(due: FanOutDue) -> None:
    """Write a range of followers, and see that the rest of it follows, should there be more by now.

    What follows is published in the transaction that marks this one as done, so a worker that dies
    is taken up where it was. Doing a range twice is harmless.
    """
    due = _still_due(due)
    followers = _followers(due)
    _write(due, followers)
    if len(followers) == STEP and followers[-1] < due.until:
        publish(replace(due, after=followers[-1]))


def again(pin_ids: list[int], owner_id: int) -> None:
    """Push pins of one person that some timelines do not hold, since nobody saw them for a while."""
    is_large, was_large = authors.weigh(owner_id)
    if was_large:
        _catch_up(owner_id)
    if is_large:
        store.add([timelines.own(owner_id)], pin_ids)
    _push(pin_ids, NOBODY if is_large else owner_id)


def _catch_up(owner_id: int) -> None:
    """Push what somebody pinned while they were large."""
    _push(timelines.own_entries(owner_id), owner_id)


def _push(pin_ids: list[int], owner_id: int) -> None:
    boards: dict[int, list[int]] = {}
    for pin_id, board_id in boards_of_pins(pin_ids):
        boards.setdefault(board_id, []).append(pin_id)
    if boards:
        publish(*[FanOutDue(pins, owner_id, board_id) for board_id, pins in boards.items()])


def _still_due(due: FanOutDue) -> FanOutDue:
    """Steps come late and in any order: of pins that are to leave, only those that nobody sees there
    now. One statement where some are to leave."""
    if not due.remove:
        return due
    there = open_pins_of_board(due.board_id, due.pin_ids)
    return replace(due, pin_ids=[pin for pin in due.pin_ids if pin not in there])


def _followers(due: FanOutDue) -> list[int]:
    return followers_between(due.owner_id, due.board_id, due.after, due.until, STEP)


def _write(due: FanOutDue, followers: list[int]) -> None:
    if due.remove:
        store.remove(followers, due.pin_ids)
    else:
        store.add(followers, due.pin_ids)
