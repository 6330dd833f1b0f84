"""What follows do when something happened to people."""

from apps.follows.services import end_follows_between, forget_person
from apps.users.events import PersonBlocked, PersonErased
from pinboard.events.registry import react, subscribe


@subscribe(PersonErased)
def forget_follows(event: PersonErased) -> None:
    """Nobody follows who is gone, and who is gone follows nobody."""
    forget_person(person_id=event.user_id)


@react(PersonBlocked)
def end_follows_of_blocked(event: PersonBlocked) -> None:
    """At once: later it could not be told which follows were there before a block that is taken back."""
    end_follows_between(event.blocker_id, event.blocked_id)
