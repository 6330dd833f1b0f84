"""What people do with their pins: making, saving, changing, moving and deleting them."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Q, When

from apps.boards.selectors import hold_board
from apps.media.selectors import hold_pictures
from apps.media.services import use_picture
from apps.pins.counting import Tally, count, pins_of_person
from apps.pins.events import PinCreated, PinsMoved
from apps.pins.models import Cover, Pin
from apps.pins.selectors import load_pins
from apps.pins.services.holding import (
    chunks,
    hold_pins_of,
    is_listed,
    own_pins,
    recounted,
    remove,
    rewrite,
)
from pinboard.errors import Invalid, NotFound, Reason, validate
from pinboard.events.outbox import publish

_TEXTS = ("title", "description", "alt_text", "link", "note")


@transaction.atomic
def create_pin(
    *, owner_id: int, board_id: int, picture_id: int, section_id: int | None = None, **texts: str
) -> int:
    """Make a pin of a picture that the owner uploaded; its id.

    `texts`: title, description, alt_text, link, note. `Invalid` for a text or picture that can't be
    used, or at the limit of pins; `NotFound` for a board or section that is not the owner's.
    """
    stripped = {name: text.strip() for name, text in texts.items()}
    pin = Pin(owner_id=owner_id, picture_id=picture_id, **stripped)
    validate(pin, _TEXTS)
    hold_pins_of(owner_id)
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
    hold_pins_of(owner_id)
    is_open = hold_board(owner_id, board_id, section_id)
    (original,) = load_pins(owner_id, [pin_id]).get()
    if original is None:
        raise NotFound("There is no such pin.")
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
def update_pin(*, actor_id: int, pin_id: int, **changes: str) -> None:
    """Change the texts of a pin of the actor's; what is not given stays."""
    (pin,) = own_pins(actor_id, [pin_id])
    rewrite(pin, changes)


@transaction.atomic
def move_pins(
    *, actor_id: int, pin_ids: Sequence[int], board_id: int, section_id: int | None = None
) -> list[int]:
    """Put pins of the actor's on another board of theirs, or into another section; the other boards that
    they were on.

    All or none. Those that are there already stay untouched.
    """
    is_open = hold_board(actor_id, board_id, section_id)
    place = (board_id, section_id)
    pins = [pin for pin in own_pins(actor_id, pin_ids) if (pin.board_id, pin.section_id) != place]
    left = _boards_of(pins) - {board_id}
    ready = hold_pictures({pin.picture_id for pin in pins})
    with recounted(pins):
        for pin in pins:
            pin.board_id, pin.section_id = place
            pin.is_listed = is_listed(pin, is_open, ready)
        listed = [pin.pk for pin in pins if pin.is_listed]
        Pin.objects.filter(pk__in=[pin.pk for pin in pins]).update(
            board_id=board_id,
            section_id=section_id,
            is_listed=Case(When(pk__in=listed, then=True), default=False),
        )
    for some in chunks(pins):
        publish(PinsMoved([pin.pk for pin in some], actor_id, board_id))
    return sorted(left)


def delete_pin(*, actor_id: int, pin_id: int) -> int:
    """Delete a pin of the actor's; the board that it was on. What was saved from it stays, and so does its
    count of saves."""
    (board_id,) = delete_pins(actor_id=actor_id, pin_ids=[pin_id])
    return board_id


@transaction.atomic
def delete_pins(*, actor_id: int, pin_ids: Sequence[int]) -> list[int]:
    """Delete pins of the actor's, all or none; the boards that they were on."""
    pins = own_pins(actor_id, pin_ids)
    remove(pins)
    return sorted(_boards_of(pins))


@transaction.atomic
def set_cover(*, actor_id: int, board_id: int, pin_id: int | None) -> None:
    """Have a pin stand for the actor's board that it is on; None leaves that to the newest."""
    hold_board(actor_id, board_id)
    if pin_id is None:
        Cover.objects.filter(board_id=board_id).delete()
        return
    (pin,) = own_pins(actor_id, [pin_id])
    if pin.board_id != board_id:
        raise Invalid.at("pin_id", "This pin is not on the board. Move or save it there first.")
    Cover.objects.filter(pin=pin).exclude(board_id=board_id).delete()
    Cover.objects.update_or_create(board_id=board_id, defaults={"pin": pin})


def _boards_of(pins: Sequence[Pin]) -> set[int]:
    return {pin.board_id for pin in pins}


def _add(pin: Pin, is_open: bool) -> int:
    limit = settings.MAX_PINS_PER_PERSON
    if pins_of_person(pin.owner_id) >= limit:
        raise Invalid.at(
            "board_id",
            f"You have {limit} pins, as many as one may have. Delete some first.",
            Reason.LIMIT_REACHED,
        )
    pin.is_listed = is_listed(pin, is_open, hold_pictures([pin.picture_id]))
    pin.save(force_insert=True)
    publish(PinCreated(pin.pk, pin.owner_id, pin.board_id, pin.root_id, pin.saved_from_id))
    count(Tally.of([pin]))
    return pin.pk
