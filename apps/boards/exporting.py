"""The boards' part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch

from apps.boards.models import Board, Section
from apps.users.exporting import register_export
from pinboard.ids.layout import created_at


@register_export("boards")
def boards(user_id: int) -> Iterator[Mapping[str, Any]]:
    """All of a person's boards with their sections, in their own order."""
    sections = Prefetch("sections", Section.objects.order_by("position", "id"))
    mine = Board.objects.filter(owner_id=user_id, deleted_at=None).order_by("position", "id")
    for board in mine.prefetch_related(sections).iterator(500):
        yield {
            "id": str(board.pk),
            "name": board.name,
            "description": board.description,
            "slug": board.slug,
            "is_secret": board.is_secret,
            "archived_at": board.archived_at,
            "created_at": created_at(board.pk),
            "sections": [
                {"id": str(section.pk), "name": section.name} for section in board.sections.all()
            ],
        }
