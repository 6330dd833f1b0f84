"""Writes: making, saving, changing, moving and deleting pins."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.boards.selectors import hold_board, secret_flags
from apps.media.services import release_pictures, use_picture
from apps.pins.counting import Tally, count, pins_of_person
from apps.pins.events import PinCreated, PinHidden, PinRestored, PinsDeleted, PinsMoved
from apps.pins.models import Pin
from apps.pins.selectors import load_pins
from pinboard.audit.models import record
from pinboard.errors import Invalid, NotFound, Reason, validate
from pinboard.events.outbox import publish

CHUNK = 1_000
_TEXTS = ("title", "description", "alt_text", "link", "note")


@transaction.atomic
def create_pin(
    *, owner_id: int, board_id: int, picture_id: int, section_id: int | None = None, **texts: str
) -> int:
    """Make a pin of a picture that the owner uploaded; its id. `texts`: title, description, …"""
    use_picture(owner_id=owner_id, picture_id=picture_id)
    pin = Pin(owner_id=owner_id, picture_id=picture_id, **texts)
    return _add(pin, board_id, section_id)


@transaction.atomic
def save_pin(*, owner_id: int, board_id: int, pin_id: int, section_id: int | None = None) -> int:
    """Save a pin that the owner may see to a board of theirs; the new pin's id.

    The same pin saved to the same place again is the pin that is there already.
    """
    (original,) = load_pins(owner_id, [pin_id])
    if original is None:
        raise NotFound
    _hold_pins_of(owner_id)
    there = Pin.objects.filter(
        Q(root_id=original.line_id) | Q(pk=original.line_id),
        owner_id=owner_id,
        board_id=board_id,
        section_id=section_id,
    ).first()
    if there is not None:
        return there.pk
    pin = Pin(
        owner_id=owner_id,
        picture_id=original.picture_id,
        title=original.title,
        description=original.description,
        alt_text=original.alt_text,
        link=original.link,
        saved_from_id=original.id,
        root_id=original.line_id,
    )
    return _add(pin, board_id, section_id)


@transaction.atomic
def update_pin(*, actor_id: int, pin_id: int, **changes: Any) -> None:
    """Change the texts of a pin of the actor's."""
    (pin,) = _own_pins(actor_id, [pin_id])
    for name, value in changes.items():
        setattr(pin, name, value)
    validate(pin, changes)
    pin.save(update_fields=list(changes))


@transaction.atomic
def move_pins(
    *, actor_id: int, pin_ids: Sequence[int], board_id: int, section_id: int | None = None
) -> None:
    """Put pins of the actor's on another board of theirs, or into another section."""
    pins = _own_pins(actor_id, pin_ids)
    is_secret = hold_board(actor_id, board_id, section_id)
    with _recounted(actor_id, pins):
        for pin in pins:
            pin.board_id, pin.section_id = board_id, section_id
            pin.is_listed = not is_secret and pin.hidden_at is None
        Pin.objects.bulk_update(pins, ["board", "section", "is_listed"])
    publish(PinsMoved([pin.pk for pin in pins], actor_id, board_id))


@transaction.atomic
def delete_pins(*, actor_id: int, pin_ids: Sequence[int]) -> None:
    """Delete pins of the actor's. What was saved from them stays."""
    _delete(actor_id, _own_pins(actor_id, pin_ids))


@transaction.atomic
def delete_some_of_board(*, owner_id: int, board_id: int) -> bool:
    """Delete up to a chunk of a board's pins; whether some may be left."""
    pins = list(
        Pin.objects.select_for_update(no_key=True).filter(board_id=board_id).order_by("pk")[:CHUNK]
    )
    if pins:
        _delete(owner_id, pins)
    return len(pins) == CHUNK


@transaction.atomic
def list_some_of_board(*, board_id: int, is_secret: bool) -> bool:
    """Bring the listing of up to a chunk of a board's pins in line; whether some may be left."""
    wrong = Pin.objects.filter(board_id=board_id, is_listed=is_secret, hidden_at=None)
    pins = list(wrong.select_for_update(no_key=True).order_by("pk")[:CHUNK])
    Pin.objects.filter(pk__in=[pin.pk for pin in pins]).update(is_listed=not is_secret)
    saves = Tally(saves=Counter(pin.root_id for pin in pins if pin.root_id is not None))
    count(-saves if is_secret else saves)
    return len(pins) == CHUNK


@transaction.atomic
def hide_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Hide a pin from everybody but its owner. For staff; hiding twice is once."""
    pin = _locked(pin_id)
    if pin.hidden_at is not None:
        return
    with _recounted(pin.owner_id, [pin]):
        pin.hidden_at, pin.is_listed = Now(), False
        pin.save(update_fields=["hidden_at", "is_listed"])
    record(actor_id=actor_id, action="pins.hide", subject_id=pin_id, reason=reason)
    publish(PinHidden(pin_id, pin.owner_id))


@transaction.atomic
def restore_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Take back that a pin is hidden. For staff; restoring twice is once."""
    pin = _locked(pin_id)
    if pin.hidden_at is None:
        return
    is_secret = secret_flags([pin.board_id]).get(pin.board_id, True)
    with _recounted(pin.owner_id, [pin]):
        pin.hidden_at, pin.is_listed = None, not is_secret
        pin.save(update_fields=["hidden_at", "is_listed"])
    record(actor_id=actor_id, action="pins.restore", subject_id=pin_id, reason=reason)
    publish(PinRestored(pin_id, pin.owner_id))


def _add(pin: Pin, board_id: int, section_id: int | None) -> int:
    validate(pin, _TEXTS)
    _hold_pins_of(pin.owner_id)
    limit = settings.MAX_PINS_PER_PERSON
    if pins_of_person(pin.owner_id) >= limit:
        raise Invalid.at(
            "board_id", f"You have {limit} pins, as many as one may have.", Reason.LIMIT_REACHED
        )
    pin.is_listed = not hold_board(pin.owner_id, board_id, section_id)
    pin.board_id, pin.section_id = board_id, section_id
    pin.save()
    count(Tally.of(pin.owner_id, [pin]))
    publish(PinCreated(pin.pk, pin.owner_id, board_id, pin.root_id, pin.saved_from_id))
    return pin.pk


def _delete(owner_id: int, pins: Sequence[Pin]) -> None:
    count(-Tally.of(owner_id, pins))
    ids = [pin.pk for pin in pins]
    Pin.objects.filter(pk__in=ids).delete()
    release_pictures(picture_ids={pin.picture_id for pin in pins})
    publish(PinsDeleted(ids, owner_id, sorted({pin.board_id for pin in pins})))


@contextmanager
def _recounted(owner_id: int, pins: Sequence[Pin]) -> Iterator[None]:
    """Bring the counters from what the pins were before the block to what they are after it."""
    before = Tally.of(owner_id, pins)
    yield
    count(Tally.of(owner_id, pins) - before)


def _own_pins(actor_id: int, pin_ids: Sequence[int]) -> list[Pin]:
    """The actor's pins, locked in one order; `NotFound` when one of them is not theirs."""
    wanted = set(pin_ids)
    pins = list(
        Pin.objects.select_for_update(no_key=True)
        .filter(pk__in=wanted, owner_id=actor_id, board__deleted_at=None)
        .order_by("pk")
    )
    if len(pins) != len(wanted):
        raise NotFound("One of the pins does not exist, or is not yours.")
    return pins


def _locked(pin_id: int) -> Pin:
    pin = Pin.objects.select_for_update(no_key=True).filter(pk=pin_id).first()
    if pin is None:
        raise NotFound
    return pin


def _hold_pins_of(owner_id: int) -> None:
    """One writer at a time adds to a person's pins: the limit and "saved already" are exact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [-owner_id])
