"""What the feed does when something happened below. All of it may happen twice."""

from apps.boards.events import BoardDeleted, BoardVisibilityChanged
from apps.boards.selectors import secret_flags
from apps.feed import authors, fanout, services, store, tagged, timelines
from apps.feed.events import FanOutDue, LineHidden, LineUnhidden, RefillDue
from apps.feed.sources import popular, topics
from apps.follows.events import (
    BoardFollowed,
    BoardUnfollowed,
    PersonFollowed,
    PersonUnfollowed,
    TopicFollowed,
    TopicUnfollowed,
)
from apps.pins import selectors as pins
from apps.pins.events import PinCreated, PinRestored, PinsDeleted, PinsMoved, PinsTagged
from apps.users.events import (
    AccountDeletionCancelled,
    PersonErased,
    PersonMuted,
    PersonRestored,
    PersonUnmuted,
    ProfileEdited,
)
from pinboard.events.registry import subscribe, subscribe_together

QUEUE = "fanout"
# New pins overtake what fills or tidies timelines (`settings.QUEUES`).
LATER = "refill"


@subscribe_together(PinCreated, most=500, queue=QUEUE)
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
        fanout.start([RefillDue(event.pin_ids, event.owner_id, event.board_id)])


@subscribe(FanOutDue, queue=QUEUE)
def go_on(event: FanOutDue) -> None:
    """The next followers of new pins."""
    fanout.step(event)


@subscribe(RefillDue, queue=LATER)
def go_on_refilling(event: RefillDue) -> None:
    """The next followers of others."""
    fanout.step(event)


@subscribe(PinsDeleted, queue=LATER)
def take_back(event: PinsDeleted) -> None:
    """Deleted pins make room in the timelines; no feed shows them since they were deleted."""
    fanout.start(
        RefillDue(event.pin_ids, event.owner_id, board_id, remove=True)
        for board_id in event.board_ids
    )


@subscribe(BoardVisibilityChanged, queue=LATER)
def follow_visibility(event: BoardVisibilityChanged) -> None:
    """A board's newest pins reach its followers when it is public, and leave them when it is not."""
    is_secret = secret_flags([event.board_id]).get(event.board_id)
    if is_secret is None:
        return
    newest = _newest_on(event.owner_id, event.board_id)
    fanout.start([RefillDue(newest, event.owner_id, event.board_id, remove=is_secret)])


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


@subscribe_together(PinsTagged, most=100, queue=QUEUE)
def add_to_topics(events: list[PinsTagged]) -> None:
    """Pins reach the timelines of what they are about."""
    tagged.follow([pin for event in events for pin in event.pin_ids])


@subscribe(PinsMoved, queue=LATER)
def follow_moved_in_topics(event: PinsMoved) -> None:
    """Topics show what was moved to a public board, and not what was moved to a secret one."""
    tagged.follow(event.pin_ids)


@subscribe(BoardVisibilityChanged, queue=LATER)
def follow_visibility_in_topics(event: BoardVisibilityChanged) -> None:
    """A board's newest pins reach their topics when it is public, and leave them when it is not."""
    tagged.follow(_newest_on(event.owner_id, event.board_id))


@subscribe(TopicFollowed, queue=LATER)
def ask_followed_topic(event: TopicFollowed) -> None:
    """The feed asks a topic newly followed; its timeline has what was there before."""
    topics.forget_followed(event.follower_id)


@subscribe(TopicUnfollowed, queue=LATER)
def ask_topic_no_more(event: TopicUnfollowed) -> None:
    """The feed asks a topic no more."""
    topics.forget_followed(event.follower_id)


@subscribe(ProfileEdited, queue=LATER)
def look_up_locale(event: ProfileEdited) -> None:
    """Somebody may be in another country, or speak another language."""
    popular.forget_locale(event.user_id)


@subscribe(PinRestored, queue=LATER)
def bring_back_pin(event: PinRestored) -> None:
    """Timelines that were built or tidied while a pin was hidden do not hold it."""
    _bring_back([event.pin_id], event.owner_id)


@subscribe(PersonRestored, queue=LATER)
def bring_back_restored(event: PersonRestored) -> None:
    """The same for all of somebody who was suspended."""
    _bring_back_all(event.user_id)


@subscribe(AccountDeletionCancelled, queue=LATER)
def bring_back_staying(event: AccountDeletionCancelled) -> None:
    """The same for who was about to leave."""
    _bring_back_all(event.user_id)


def _bring_back_all(person_id: int) -> None:
    _bring_back(timelines.from_postgres(timelines.own(person_id)), person_id)


def _bring_back(pin_ids: list[int], person_id: int) -> None:
    fanout.again(pin_ids, person_id)
    tagged.follow(pin_ids)


@subscribe(PersonErased, queue=LATER)
def drop_timeline(event: PersonErased) -> None:
    """Nothing is kept of who is gone."""
    store.drop(event.user_id)
    store.drop(timelines.own(event.user_id))
    authors.forget(event.user_id)
    topics.forget_followed(event.user_id)
    popular.forget_locale(event.user_id)


@subscribe(LineHidden, queue=LATER)
def prune_hidden(event: LineHidden) -> None:
    """Make room where hidden pins were."""
    timelines.prune(event.person_id)


@subscribe(LineUnhidden, queue=LATER)
def renew_unhidden(event: LineUnhidden) -> None:
    """Pins of a line that is hidden no more: they may be many, and few of them of those followed."""
    timelines.renew(event.person_id)


@subscribe_together(PinCreated, most=50, queue=LATER)
def come_closer(events: list[PinCreated]) -> None:
    """Who saves a pin is nearer to its author."""
    services.count_saves(
        saves=[(event.owner_id, event.saved_from_id) for event in events if event.saved_from_id]
    )


@subscribe(BoardDeleted)
def forget_board(event: BoardDeleted) -> None:
    """Nobody can want to see fewer of a board that is gone."""
    services.forget_subject(event.board_id)


@subscribe(PersonErased)
def forget_feedback(event: PersonErased) -> None:
    """Nothing is kept of what somebody who is gone has hidden, seen or opened, nor who saw them."""
    services.forget_person(event.user_id)


def _newest_on(owner_id: int, board_id: int) -> list[int]:
    """The newest pins of a board, secret or not."""
    return pins.newest_across(pins.visible, owner_id, [], [board_id], store.MAX_ENTRIES)
