"""What staff do with pins, each with a line in the audit log."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from apps.media.selectors import hold_pictures
from apps.pins.events import PinHidden, PinRestored
from apps.pins.services.holding import (
    is_listed,
    locked,
    locked_with_board,
    recounted,
    remove,
    rewrite,
)
from pinboard.audit.models import record
from pinboard.events.outbox import publish


@transaction.atomic
def hide_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Hide a pin from everybody but its owner. For staff; hiding twice is once."""
    pin = locked(pin_id)
    if pin.hidden_at is not None:
        return
    with recounted([pin]):
        pin.hidden_at, pin.is_listed = Now(), False
        pin.save(update_fields=["hidden_at", "is_listed"])
    record(actor_id=actor_id, action="pins.hide", subject_id=pin_id, reason=reason)
    publish(PinHidden(pin_id, pin.owner_id))


@transaction.atomic
def restore_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Take back that a pin is hidden. For staff; restoring twice is once."""
    pin, is_open = locked_with_board(pin_id)
    if pin.hidden_at is None:
        return
    with recounted([pin]):
        pin.hidden_at = None
        pin.is_listed = is_listed(pin, is_open, hold_pictures([pin.picture_id]))
        pin.save(update_fields=["hidden_at", "is_listed"])
    record(actor_id=actor_id, action="pins.restore", subject_id=pin_id, reason=reason)
    publish(PinRestored(pin_id, pin.owner_id))


@transaction.atomic
def correct_pin(*, actor_id: int, pin_id: int, reason: str, **changes: Any) -> None:
    """Change texts of a pin of somebody's. `changes`: title, description, alt_text, link."""
    pin = locked(pin_id)
    record(actor_id=actor_id, action="pins.correct", subject_id=pin_id, reason=reason)
    rewrite(pin, changes)


@transaction.atomic
def remove_pin(*, actor_id: int, pin_id: int, reason: str) -> None:
    """Delete a pin of somebody's for good. What was saved from it stays."""
    pin = locked(pin_id)
    record(actor_id=actor_id, action="pins.remove", subject_id=pin_id, reason=reason)
    remove([pin])
