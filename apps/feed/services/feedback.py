"""What people do not want in their feeds: hiding pins, and seeing fewer. Doing any of it twice is once."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.feed import activity
from apps.feed.events import LineHidden, LineUnhidden
from apps.feed.models import Closeness, HiddenPin, Seen, SeenFewer
from apps.feed.selectors.feedback import load_subjects
from apps.pins.selectors import load_pins
from apps.users.services import locked_person
from pinboard.audit.models import record
from pinboard.errors import Invalid, NotFound, Reason
from pinboard.events.outbox import publish


@transaction.atomic
def hide_pin(*, person_id: int, pin_id: int) -> None:
    """Leave a pin, and whatever goes by its line of saves, out of a person's feeds.

    `NotFound` for a pin that the person does not see; `Invalid` at the limit.
    """
    locked_person(person_id)  # the limit is exact
    (pin,) = load_pins(person_id, [pin_id]).get()
    if pin is None:
        raise NotFound("There is no such pin.")
    mine = HiddenPin.objects.filter(person_id=person_id)
    if mine.filter(line_id=pin.line_id).exists():
        return
    limit = settings.MAX_HIDDEN_PINS
    if mine.count() >= limit:
        raise Invalid.at(
            "pin_id",
            f"You have hidden {limit:,} pins, as many as one may. Take one back first.",
            Reason.LIMIT_REACHED,
        )
    HiddenPin.objects.create(
        person_id=person_id, pin_id=pin.id, line_id=pin.line_id, picture_id=pin.picture_id
    )
    publish(LineHidden(person_id, pin.line_id))


@transaction.atomic
def unhide_pin(*, person_id: int, pin_id: int) -> None:
    """Have a pin in a person's feeds again, with all that goes by its line; by any pin of that."""
    (pin,) = load_pins(person_id, [pin_id]).get()
    hidden = Q(pin_id=pin_id) if pin is None else Q(line_id=pin.line_id)
    mine = HiddenPin.objects.select_for_update().filter(hidden, person_id=person_id)
    for one in mine:
        _unhide(one)


def _unhide(one: HiddenPin) -> None:
    one.delete()
    publish(LineUnhidden(one.person_id, one.line_id))


@transaction.atomic
def see_fewer(*, person_id: int, subject_id: int) -> None:
    """Have fewer pins of another person, of a board or about a topic in a person's home feed.

    `NotFound` for what the person does not see; `Invalid` for themselves or a board of theirs, or
    at the limit.
    """
    locked_person(person_id)  # the limit is exact
    (subject,) = load_subjects(person_id, [subject_id]).get()
    if subject is None:
        raise NotFound("There is no such person, board or topic.")
    if person_id in (subject.id, getattr(subject, "owner_id", None)):
        raise Invalid.at(
            "subject_id", "Your feed shows nothing of your own.", Reason.SELF_REFERENCE
        )
    mine = SeenFewer.objects.filter(person_id=person_id)
    if mine.filter(subject_id=subject_id).exists():
        return
    limit = settings.MAX_SEEN_FEWER
    if mine.count() >= limit:
        raise Invalid.at(
            "subject_id",
            f"You see fewer of {limit:,} already, as many as one may. Take one back first.",
            Reason.LIMIT_REACHED,
        )
    SeenFewer.objects.create(person_id=person_id, subject_id=subject_id)


@transaction.atomic
def undo_see_fewer(*, person_id: int, subject_id: int) -> None:
    """Have as many pins as before of a person, of a board or about a topic."""
    SeenFewer.objects.filter(person_id=person_id, subject_id=subject_id).delete()


@transaction.atomic
def end_hiding(*, actor_id: int, hidden_id: int, reason: str) -> None:
    """Have a person's feeds show again what they have hidden, for staff."""
    one = HiddenPin.objects.select_for_update().filter(pk=hidden_id).first()
    if one is None:
        raise NotFound
    record(actor_id=actor_id, action="feed.unhide", subject_id=one.person_id, reason=reason)
    _unhide(one)


@transaction.atomic
def end_seeing_fewer(*, actor_id: int, fewer_id: int, reason: str) -> None:
    """Have a person's home feed show as much of something as before, for staff."""
    one = SeenFewer.objects.select_for_update().filter(pk=fewer_id).first()
    if one is None:
        raise NotFound
    record(actor_id=actor_id, action="feed.undo_fewer", subject_id=one.person_id, reason=reason)
    one.delete()


def forget_subject(subject_id: int) -> None:
    """Nobody sees fewer of what is gone."""
    SeenFewer.objects.filter(subject_id=subject_id).delete()


@transaction.atomic
def forget_person(person_id: int) -> None:
    """Delete all feedback of a person whose account was emptied, and of others about them."""
    HiddenPin.objects.filter(person_id=person_id).delete()
    SeenFewer.objects.filter(Q(person_id=person_id) | Q(subject_id=person_id)).delete()
    Closeness.objects.filter(Q(person_id=person_id) | Q(author_id=person_id)).delete()
    Seen.objects.filter(pk=person_id).delete()
    activity.forget_seen(person_id)
