"""What boards do when something happens below."""

from apps.boards.services import delete_boards_of
from apps.users.events import PersonErased
from pinboard.events.registry import subscribe


@subscribe(PersonErased)
def delete_boards_of_erased_person(event: PersonErased) -> None:
    delete_boards_of(owner_id=event.user_id)
