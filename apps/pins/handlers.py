"""What pins do when something happened below: to boards, people and pictures."""

from apps.boards.events import BoardDeleted, BoardEdited, BoardVisibilityChanged, SectionDeleted
from apps.boards.services import remove_deleted_board
from apps.media.events import PictureReady
from apps.pins import services
from apps.pins.events import (
    ListingDue,
    PinCreated,
    PinEdited,
    PinsMoved,
    RemovalDue,
    TaggingDue,
)
from apps.users.events import (
    AccountDeletionCancelled,
    AccountDeletionRequested,
    PersonRestored,
    PersonSuspended,
)
from pinboard.events.outbox import publish
from pinboard.events.registry import react, subscribe, subscribe_together


@subscribe(BoardDeleted)
def delete_pins_of_board(event: BoardDeleted) -> None:
    """The board's pins go, a chunk a task, and then the board itself."""
    _remove(event.board_id, event.owner_id)


@subscribe(RemovalDue)
def delete_more_pins_of_board(event: RemovalDue) -> None:
    """The next chunk."""
    _remove(event.board_id, event.owner_id)


@react(SectionDeleted)
def leave_section(event: SectionDeleted) -> None:
    """Its pins lie on the board alone."""
    services.leave_section(section_id=event.section_id)


@subscribe(BoardVisibilityChanged)
def list_pins_of_board(event: BoardVisibilityChanged) -> None:
    """Pins on a board that became public count for everybody, those on a secret one no longer."""
    _list("board_id", event.board_id)


@subscribe(PersonSuspended)
def unlist_pins_of_suspended(event: PersonSuspended) -> None:
    """Nobody sees what a suspended person saved."""
    _list("owner_id", event.user_id)


@subscribe(PersonRestored)
def list_pins_of_restored(event: PersonRestored) -> None:
    """Their pins count again."""
    _list("owner_id", event.user_id)


@subscribe(AccountDeletionRequested)
def unlist_pins_of_leaving(event: AccountDeletionRequested) -> None:
    """Nobody sees who is about to leave."""
    _list("owner_id", event.user_id)


@subscribe(AccountDeletionCancelled)
def list_pins_of_staying(event: AccountDeletionCancelled) -> None:
    """Their pins count again."""
    _list("owner_id", event.user_id)


@subscribe(PictureReady)
def list_pins_of_picture(event: PictureReady) -> None:
    """Others see pins from when their picture is ready."""
    _list("picture_id", event.picture_id)


@subscribe(ListingDue)
def list_more_pins(event: ListingDue) -> None:
    """The next chunk."""
    _list(event.by, event.subject_id)


@subscribe_together(PinCreated, most=50)
def tag_new_pin(events: list[PinCreated]) -> None:
    """What new pins are about."""
    services.tag_pins(pin_ids=[event.pin_id for event in events])


@subscribe(PinEdited)
def tag_edited_pin(event: PinEdited) -> None:
    """Other texts, other topics."""
    services.tag_pins(pin_ids=[event.pin_id])


@subscribe(PinsMoved)
def tag_moved_pins(event: PinsMoved) -> None:
    """Another board says other things of its pins."""
    services.tag_pins(pin_ids=event.pin_ids)


@subscribe(BoardEdited)
def tag_pins_of_board(event: BoardEdited) -> None:
    """What a board is called says what its pins are about."""
    _tag(event.board_id, 0)


@subscribe(TaggingDue)
def tag_more_pins_of_board(event: TaggingDue) -> None:
    """The next chunk."""
    _tag(event.board_id, event.after)


def _tag(board_id: int, after: int) -> None:
    last = services.tag_some_of_board(board_id=board_id, after=after)
    if last is not None:
        publish(TaggingDue(board_id, last))


def _list(by: str, subject_id: int) -> None:
    if services.list_some(by=by, subject_id=subject_id):
        publish(ListingDue(by, subject_id))


def _remove(board_id: int, owner_id: int) -> None:
    if services.delete_some_of_board(board_id=board_id):
        publish(RemovalDue(board_id, owner_id))
    else:
        remove_deleted_board(board_id=board_id)
