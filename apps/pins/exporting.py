"""The pins' part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.pins.models import Pin
from apps.users.exporting import register_export
from pinboard.ids.layout import created_at


@register_export("pins")
def pins(user_id: int) -> Iterator[Mapping[str, Any]]:
    """All of a person's pins and saves, notes included."""
    mine = Pin.objects.filter(owner_id=user_id, board__deleted_at=None).order_by("id")
    for pin in mine.iterator(500):
        yield {
            "id": str(pin.pk),
            "board_id": str(pin.board_id),
            "section_id": pin.section_id and str(pin.section_id),
            "picture_id": str(pin.picture_id),
            "title": pin.title,
            "description": pin.description,
            "alt_text": pin.alt_text,
            "link": pin.link,
            "note": pin.note,
            "saved_from_id": pin.saved_from_id and str(pin.saved_from_id),
            "created_at": created_at(pin.pk),
        }
