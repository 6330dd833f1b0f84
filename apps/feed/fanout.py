"""Fan-out: pins on their way to, or out of, the timelines of a board's followers."""

from dataclasses import replace
from itertools import pairwise

from apps.feed import store
from apps.feed.events import FanOutDue
from apps.follows.selectors import follower_bounds, followers_between
from pinboard.events.outbox import publish

# Followers a step; a step is a task, and short.
STEP = 10_000


def start(pin_ids: list[int], owner_id: int, board_id: int, *, remove: bool = False) -> None:
    """Fan pins of one board out, or back in.

    The first followers are written at once. The others are split into ranges, an event each, which
    as many workers as there are take up side by side.
    """
    due = FanOutDue(pin_ids, owner_id, board_id, remove)
    last = _write(due) if pin_ids else None
    if last is not None:
        bounds = [last, *follower_bounds(owner_id, last, STEP), due.until]
        for after, until in pairwise(bounds):
            publish(replace(due, after=after, until=until))


def step(due: FanOutDue) -> None:
    """Write a range of followers, and see that the rest of it follows, should there be more by now.

    What follows is published in the transaction that marks this one as done, so a worker that dies
    is taken up where it was. Doing a range twice is harmless.
    """
    last = _write(due)
    if last is not None and last < due.until:
        publish(replace(due, after=last))


def _write(due: FanOutDue) -> int | None:
    """Write the first `STEP` followers of a range; the last of them if there may be more."""
    followers = followers_between(due.owner_id, due.board_id, due.after, due.until, STEP)
    if due.remove:
        store.remove(followers, due.pin_ids)
    else:
        store.add(followers, due.pin_ids)
    return followers[-1] if len(followers) == STEP else None
