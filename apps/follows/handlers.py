"""What follows do when something happened to people."""

from apps.follows.events import ForgettingDue
from apps.follows.services import end_follows_between, forget_some_of_person
from apps.users.events import PersonBlocked, PersonErased
from pinboard.events.outbox import publish
from pinboard.events.registry import react, subscribe


@subscribe(PersonErased)
def forget_follows(event: PersonErased) -> None:
    """Nobody follows who is gone, and who is gone follows nobody."""
    _forget(event.user_id)


@subscribe(ForgettingDue)
def forget_more_follows(event: ForgettingDue) -> None:
    """The next chunk."""
    _forget(event.person_id)


@react(PersonBlocked)
def end_follows_of_blocked(event: PersonBlocked) -> None:
    """At once: later it could not be told which follows were there before a block that is taken back."""
    end_follows_between(event.blocker_id, event.blocked_id)


def _forget(person_id: int) -> None:
    if forget_some_of_person(person_id=person_id):
        publish(ForgettingDue(person_id))
