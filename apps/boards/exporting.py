"""The boards' part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.boards.models import Board
from apps.users.exporting import register_export
from pinboard.ids.layout import created_at


@register_export("boards")
def boards(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Every board of the person with its sections, in their own order."""
    mine = Board.objects.filter(owner_id=user_id, deleted_at=None).order_by("position", "id")
    for board in mine.prefetch_related("sections").iterator(chunk_size=500):
        sections = sorted(board.sections.all(), key=lambda one: (one.position, one.pk))
        yield {
            "id": str(board.pk),
            "name": board.name,
            "description": board.description,
            "slug": board.slug,
            "is_secret": board.is_secret,
            "created_at": created_at(board.pk),
            "archived_at": board.archived_at,
            "sections": [{"id": str(one.pk), "name": one.name} for one in sections],
        }
