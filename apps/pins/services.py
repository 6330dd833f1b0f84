"""Writes: making, saving, changing, moving, hiding and deleting pins.

Locks are taken in one order by everybody, so that writers cannot deadlock: the person (advisory),
boards with their owners (shared), pins, pictures, counters; each kind by id.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Q, When
from django.db.models.functions import Now

from apps.boards.selectors import hold_board, hold_boards
from apps.media.selectors import hold_pictures
from apps.media.services import release_pictures, use_picture
from apps.pins.counting import Tally, count, pins_of_person
from apps.pins.events import PinCreated, PinHidden, PinRestored, PinsDeleted, PinsMoved
from apps.pins.models import Cover, Pin
from apps.pins.selectors import load_pins
from pinboard.audit.models import record
from pinboard.errors import Invalid, NotFound, Reason, validate
from pinboard.events.outbox import publish

# Pins that an event names, or a task handles.
CHUNK = 1_000
_TEXTS = ("title", "description", "alt_text", "link", "note")


@transaction.atomic
def create_pin(
    *, owner_id: int, board_id: int, picture_id: int, section_id: int | None = None, **texts: str
) -> int:
    """Make a pin of a picture that the owner uploaded; its id.

    `texts`: title, description, alt_text, link, note. `Invalid` for a text or picture that can't be
    used, or at the limit of pins; `NotFound` for a board or section that is not the owner's.
    """
    pin = Pin(owner_id=owner_id, picture_id=picture_id, **texts)
    validate(pin, _TEXTS)
    _hold_pins_of(owner_id)
    is_open = hold_board(owner_id, board_id, section_id)
    use_picture(owner_id=owner_id, picture_id=picture_id)
    pin.board_id, pin.section_id = board_id, section_id
    return _add(pin, is_open)


@transaction.atomic
def save_pin(*, owner_id: int, board_id: int, pin_id: int, section_id: int | None = None) -> int:
    """Save a pin that the owner may see to a board of theirs; the new pin's id.

    A pin of the same line that is in that place already is the answer: two saves at one place are
    one. `NotFound` for a pin that they don't see, or a place that is not theirs; `Invalid` at the
    limit of pins.
    """
    _hold_pins_of(owner_id)
    is_open = hold_board(owner_id, board_id, section_id)
    (original,) = load_pins(owner_id, [pin_id])
    if original is None:
        raise NotFound
    of_line = Q(root_id=original.line_id) | Q(pk=original.line_id)
    place = Pin.objects.filter(owner_id=owner_id, board_id=board_id)
    place = (
        place.filter(section=None) if section_id is None else place.filter(section_id=section_id)
    )
    there = place.filter(of_line).order_by("pk").values_list("pk", flat=True).first()
    if there is not None:
        return there
    pin = Pin(
        owner_id=owner_id,
        board_id=board_id,
        section_id=section_id,
        picture_id=original.picture_id,
        title=original.title,
        description=original.description,
        alt_text=original.alt_text,
        link=original.link,
        saved_from_id=original.id,
        root_id=original.line_id,
    )
    return _add(pin, is_open)


@transaction.atomic
def update_pin(*, actor_id: int, pin_id: int, **changes: Any) -> None:
    """Change the texts of a pin of the actor's; what is not given stays."""
    (pin,) = _own_pins(actor_id, [pin_id])
    for name, value in changes.items():
        setattr(pin, name, value)
    validate(pin, changes)
    pin.save(update_fields=list(changes))


@transaction.atomic
def move_pins(
    *, actor_id: int, pin_ids: Sequence[int], board_id: int, section_id: int | None = None
) -> None:
    """Put pins of the actor's on another board of theirs, or into another section.

    All or none. Those that are there already stay untouched.
    """
    is_open = hold_board(actor_id, board_id, section_id)
    place = (board_id, section_id)
    pins = [pin for pin in _own_pins(actor_id, pin_ids) if (pin.board_id, pin.section_id) != place]
    ready = hold_pictures({pin.picture_id for pin in pins})
    with _recounted(pins):
        for pin in pins:
            pin.board_id, pin.section_id = place
            pin.is_listed = _is_listed(pin, is_open, ready)
        Pin.objects.bulk_update(pins, ["board", "section", "is_listed"], batch_size=CHUNK)
    for some in _chunks(pins):
        publish(PinsMoved([pin.pk for pin in some], actor_id, board_id))


@transaction.atomic
def delete_pin(*, actor_id: int, pin_id: int) -> None:
    """Delete a pin of the actor's. What was saved from it stays, and so does its count of saves."""
    _delete(_own_pins(actor_id, [pin_id]))


@transaction.atomic
def delete_pins(*, actor_id: int, pin_ids: Sequence[int]) -> None:
    """Delete pins of the actor's, all or none."""
    _delete(_own_pins(actor_id, pin_ids))


@transaction.atomic
def set_cover(*, actor_id: int, board_id: int, pin_id: int | None) -> None:
    """Have a pin stand for the actor's board that it is on; None leaves that to the newest."""
    hold_board(actor_id, board_id)
    if pin_id is None:
        Cover.objects.filter(board_id=board_id).delete()
        return
    (pin,) = _own_pins(actor_id, [pin_id])
    if pin.board_id != board_id:
        raise Invalid.at("pin_id", "This pin is not on the board. Move or save it there first.")
    Cover.objects.filter(pin=pin).exclude(board_id=board_id).delete()
    Cover.objects.update_or_create(board_id=board_id, defaults={"pin": pin})


@transaction.atomic
def delete_some_of_board(*, board_id: int) -> bool:
    """Delete up to a chunk of a board's pins; whether some are left."""
    of_board = Pin.objects.filter(board_id=board_id)
    _delete(list(of_board.select_for_update(no_key=True).order_by("pk")[:CHUNK]))
    return of_board.exists()


@transaction.atomic
def list_some(*, by: str, subject_id: int) -> bool:
    """Bring `is_listed` of up to a chunk of pins in line with what everybody sees now.

    `by`: `board_id`, `owner_id` or `picture_id` of the pins. Returns whether to come back: some may
    be left. What was meant to be mended is looked at again once boards are held, so that nothing is
    decided on what has changed meanwhile.
    """
    wrong = Pin.objects.wrongly_listed().filter(**{by: subject_id})
    suspects = list(wrong.order_by("pk").values_list("pk", "board_id")[:CHUNK])
    boards = {board_id for _, board_id in suspects}
    hold_boards(boards)
    again = wrong.filter(pk__in=[pk for pk, _ in suspects], board_id__in=boards)
    pins = list(again.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    with _recounted(pins):
        for pin in pins:
            pin.is_listed = not pin.is_listed
        opposite = Case(When(is_listed=True, then=False), default=True)
        Pin.objects.filter(pk__in=[pin.pk for pin in pins]).update(is_listed=opposite)
    return len(suspects) == CHUNK or len(pins) < len(suspects)


@transaction.atomic
def hide_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Hide a pin from everybody but its owner. For staff; hiding twice is once."""
    pin = _locked(pin_id)
    if pin.hidden_at is not None:
        return
    with _recounted([pin]):
        pin.hidden_at, pin.is_listed = Now(), False
        pin.save(update_fields=["hidden_at", "is_listed"])
    record(actor_id=actor_id, action="pins.hide", subject_id=pin_id, reason=reason)
    publish(PinHidden(pin_id, pin.owner_id))


@transaction.atomic
def restore_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Take back that a pin is hidden. For staff; restoring twice is once."""
    pin, is_open = _locked_with_board(pin_id)
    if pin.hidden_at is None:
        return
    with _recounted([pin]):
        pin.hidden_at = None
        pin.is_listed = _is_listed(pin, is_open, hold_pictures([pin.picture_id]))
        pin.save(update_fields=["hidden_at", "is_listed"])
    record(actor_id=actor_id, action="pins.restore", subject_id=pin_id, reason=reason)
    publish(PinRestored(pin_id, pin.owner_id))


def _add(pin: Pin, is_open: bool) -> int:
    limit = settings.MAX_PINS_PER_PERSON
    if pins_of_person(pin.owner_id) >= limit:
        raise Invalid.at(
            "board_id",
            f"You have {limit} pins, as many as one may have. Delete some first.",
            Reason.LIMIT_REACHED,
        )
    pin.is_listed = _is_listed(pin, is_open, hold_pictures([pin.picture_id]))
    pin.save(force_insert=True)
    publish(PinCreated(pin.pk, pin.owner_id, pin.board_id, pin.root_id, pin.saved_from_id))
    count(Tally.of([pin]))
    return pin.pk


def _delete(pins: Sequence[Pin]) -> None:
    Pin.objects.filter(pk__in=[pin.pk for pin in pins]).delete()
    release_pictures(picture_ids={pin.picture_id for pin in pins})
    for some in _chunks(pins):
        boards = sorted({pin.board_id for pin in some})
        publish(PinsDeleted([pin.pk for pin in some], some[0].owner_id, boards))
    count(-Tally.of(pins))


def _is_listed(pin: Pin, is_open: bool, ready: set[int]) -> bool:
    """What `visibility` says of a pin that everybody sees, for one that is being written."""
    return is_open and pin.hidden_at is None and pin.picture_id in ready


@contextmanager
def _recounted(pins: Sequence[Pin]) -> Iterator[None]:
    """Bring the counters from what the pins were before the block to what they are after it."""
    before = Tally.of(pins)
    yield
    count(Tally.of(pins) - before)


def _chunks(pins: Sequence[Pin]) -> Iterator[Sequence[Pin]]:
    return (pins[start : start + CHUNK] for start in range(0, len(pins), CHUNK))


def _own_pins(actor_id: int, pin_ids: Sequence[int]) -> list[Pin]:
    """The actor's pins, locked in one order; `NotFound` when one of them is not theirs."""
    wanted = set(pin_ids)
    pins = list(
        Pin.objects.select_for_update(no_key=True, of=("self",))
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


def _locked_with_board(pin_id: int) -> tuple[Pin, bool]:
    """A pin, and whether everybody sees its board. The board is to be held first, so look again."""
    while True:
        board_id = Pin.objects.filter(pk=pin_id).values_list("board_id", flat=True).first()
        boards = hold_boards([] if board_id is None else [board_id])
        pin = _locked(pin_id)
        if pin.board_id == board_id:
            return pin, boards.get(pin.board_id, False)


def _hold_pins_of(owner_id: int) -> None:
    """One writer at a time adds to a person's pins: the limit and "saved already" are exact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [-owner_id])
