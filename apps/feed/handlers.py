"""What the feed does when something happened below. All of it may happen twice."""

from apps.boards.events import BoardVisibilityChanged
from apps.boards.selectors import secret_flags
from apps.feed import authors, fanout, store, timelines
from apps.feed.events import FanOutDue
from apps.follows.events import BoardFollowed, BoardUnfollowed, PersonFollowed, PersonUnfollowed
from apps.pins import selectors as pins
from apps.pins.events import PinCreated, PinsDeleted, PinsMoved
from apps.users.events import PersonErased, PersonMuted, PersonUnmuted
from pinboard.events.registry import subscribe, subscribe_together

QUEUE = "fanout"
# Queues are worked off in the order of their names (`CELERY_BROKER_TRANSPORT_OPTIONS`): new pins overtake
# what fills or tidies timelines.
LATER = "refill"


@subscribe_together(PinCreated, most=20, queue=QUEUE)
def fan_out(events: list[PinCreated]) -> None:
    """New pins reach their boards' followers, unless a board is secret."""
    flags = secret_flags([event.board_id for event in events])
    fanout.start(
        FanOutDue([event.pin_id], event.owner_id, event.board_id)
        for event in events
        if flags.get(event.board_id) is False
    )


@subscribe(PinsMoved, queue=LATER)
def fan_out_moved(event: PinsMoved) -> None:
    """Moved pins reach the followers of the board that they are on now."""
    if secret_flags([event.board_id]).get(event.board_id) is False:
        fanout.start([FanOutDue(event.pin_ids, event.owner_id, event.board_id)])


@subscribe(FanOutDue, queue=QUEUE)
def go_on(event: FanOutDue) -> None:
    """The next followers."""
    fanout.step(event)


@subscribe(PinsDeleted, queue=LATER)
def take_back(event: PinsDeleted) -> None:
    """Deleted pins make room in the timelines; no feed shows them since they were deleted."""
    fanout.start(
        FanOutDue(event.pin_ids, event.owner_id, board_id, remove=True)
        for board_id in event.board_ids
    )


@subscribe(BoardVisibilityChanged, queue=LATER)
def follow_visibility(event: BoardVisibilityChanged) -> None:
    """A board's newest pins reach its followers when it is public, and leave them when it is not."""
    is_secret = secret_flags([event.board_id]).get(event.board_id)
    if is_secret is None:
        return
    newest = pins.newest_across(
        pins.visible, event.owner_id, [], [event.board_id], store.MAX_ENTRIES
    )
    fanout.start([FanOutDue(newest, event.owner_id, event.board_id, remove=is_secret)])


@subscribe(PersonFollowed, queue=LATER)
def backfill_person(event: PersonFollowed) -> None:
    """The newest pins of somebody newly followed."""
    authors.forget_followed(event.follower_id)
    timelines.backfill(event.follower_id, people=[event.person_id], boards=[])


@subscribe(BoardFollowed, queue=LATER)
def backfill_board(event: BoardFollowed) -> None:
    """The newest pins of a board newly followed."""
    timelines.backfill(event.follower_id, people=[], boards=[event.board_id])


@subscribe(PersonUnfollowed, queue=LATER)
def prune_person(event: PersonUnfollowed) -> None:
    """Make room where somebody's pins were."""
    authors.forget_followed(event.follower_id)
    timelines.prune(event.follower_id)


@subscribe(BoardUnfollowed, queue=LATER)
def prune_board(event: BoardUnfollowed) -> None:
    """Make room where a board's pins were."""
    timelines.prune(event.follower_id)


@subscribe(PersonMuted, queue=LATER)
def prune_muted(event: PersonMuted) -> None:
    """Make room where a muted person's pins were."""
    timelines.prune(event.muter_id)


@subscribe(PersonUnmuted, queue=LATER)
def backfill_unmuted(event: PersonUnmuted) -> None:
    """The newest pins of somebody who is muted no more."""
    timelines.backfill(event.muter_id, people=[event.muted_id], boards=[])


@subscribe(PersonErased, queue=LATER)
def drop_timeline(event: PersonErased) -> None:
    """Nothing is kept of who is gone."""
    store.drop(event.user_id)
    store.drop(timelines.own(event.user_id))
    authors.forget(event.user_id)
