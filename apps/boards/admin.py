"""Staff pages: boards and their sections."""

from typing import Any

from django.contrib import admin
from unfold.decorators import display
from unfold.enums import ActionVariant

from apps.boards import services
from apps.boards.models import Board, Section
from pinboard.ids.layout import created_at
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin

_LABELS = {"public": "success", "secret": "warning", "deleted": "danger"}


@admin.register(Board)
class BoardAdmin(StaffAdmin):
    """Boards, secret ones too."""

    acts = (
        Act(
            name="remove",
            title="Delete",
            explanation="The board and all of its pins go for good. Saves by others stay.",
            permission="boards.delete_board",
            perform=services.remove_board,
            subject="board_id",
            icon="delete",
            variant=ActionVariant.DANGER,
            applies=lambda board: board.deleted_at is None,
        ),
    )
    correctable = ("name", "description")
    people = ("owner",)
    words = ("name",)
    found_by = {"users.User": "owner"}
    list_display = ("name", "owner", "state", "archived_at", "created")
    list_select_related = ("owner",)
    list_filter = (
        "is_secret",
        ("archived_at", admin.EmptyFieldListFilter),
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    search_help_text = "Id, @username or words of the name"
    fields = (
        "id",
        "owner",
        "state",
        "name",
        "description",
        "slug",
        "archived_at",
        "deleted_at",
        "created",
    )

    def correct(self, *, actor_id: int, subject_id: int, reason: str, **changes: Any) -> None:
        services.correct_board(actor_id=actor_id, board_id=subject_id, reason=reason, **changes)

    @display(description="state", label=_LABELS)
    def state(self, board: Board) -> str:
        if board.deleted_at is not None:
            return "deleted"
        return "secret" if board.is_secret else "public"

    @display(description="created", ordering="id")
    def created(self, board: Board) -> str:
        return f"{created_at(board.pk):%Y-%m-%d %H:%M}"


@admin.register(Section)
class SectionAdmin(StaffAdmin):
    """Sections of boards."""

    correctable = ("name",)
    people = ("board__owner",)
    words = ("name",)
    found_by = {"boards.Board": "board"}
    list_display = ("name", "board", "owner", "position")
    list_select_related = ("board__owner",)
    search_help_text = "Id, @username or words of the name"
    fields = ("id", "board", "name", "position")

    def correct(self, *, actor_id: int, subject_id: int, reason: str, **changes: Any) -> None:
        services.correct_section(actor_id=actor_id, section_id=subject_id, reason=reason, **changes)

    @display(description="owner")
    def owner(self, section: Section) -> str:
        return section.board.owner.username
