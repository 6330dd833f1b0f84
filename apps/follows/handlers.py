"""What follows do when something happened to people."""

from apps.follows.services import forget_person
from apps.users.events import PersonErased
from pinboard.events.registry import subscribe


@subscribe(PersonErased)
def forget_follows(event: PersonErased) -> None:
    """Nobody follows who is gone, and who is gone follows nobody."""
    forget_person(person_id=event.user_id)
