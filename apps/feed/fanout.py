"""Fan-out: pins on their way to, or out of, the timelines of a board's followers."""

from apps.feed import store
from apps.feed.events import FanOutDue
from apps.follows.selectors import followers_after
from pinboard.events.outbox import publish

# Followers a step; a step is a task, and short.
STEP = 5_000


def step(due: FanOutDue) -> None:
    """Write the next followers' timelines, and see that the rest follows.

    The next step is published in the transaction that marks this one as done, so a worker that dies
    is taken up where it was. Doing a step twice is harmless.
    """
    followers = followers_after(due.owner_id, due.board_id, due.after, STEP)
    if due.remove:
        store.remove(followers, due.pin_ids)
    else:
        store.add(followers, due.pin_ids)
    if len(followers) == STEP:
        publish(FanOutDue(due.pin_ids, due.owner_id, due.board_id, followers[-1], due.remove))


def start(pin_ids: list[int], owner_id: int, board_id: int, *, remove: bool = False) -> None:
    """Fan pins of one board out, or back in."""
    if pin_ids:
        step(FanOutDue(pin_ids, owner_id, board_id, 0, remove))
