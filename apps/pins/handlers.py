"""What pins do when something happened to boards."""

from apps.boards.events import BoardDeleted, BoardVisibilityChanged
from apps.boards.selectors import secret_flags
from apps.boards.services import remove_deleted_board
from apps.pins import services
from pinboard.events.outbox import publish
from pinboard.events.registry import subscribe


@subscribe(BoardDeleted)
def delete_pins_of_board(event: BoardDeleted) -> None:
    """Delete a chunk of the board's pins, and come back for the rest; the board itself goes last."""
    if services.delete_some_of_board(owner_id=event.owner_id, board_id=event.board_id):
        publish(event)
    else:
        remove_deleted_board(board_id=event.board_id)


@subscribe(BoardVisibilityChanged)
def list_pins_of_board(event: BoardVisibilityChanged) -> None:
    """Count the saves on a board that became public, and no more those on one that became secret."""
    is_secret = secret_flags([event.board_id]).get(event.board_id)
    if is_secret is None:
        return
    is_more = services.list_some_of_board(board_id=event.board_id, is_secret=is_secret)
    if is_more:
        publish(event)
