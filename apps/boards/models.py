"""Boards, their sections, and the names that their links have had."""

from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models.functions import Now

from apps.boards.visibility import BOARD
from pinboard.ids.fields import IdField
from pinboard.names import valid_name


class Board(models.Model):
    """A named collection of pins. Secret ones exist for their owner only."""

    id = IdField(kind=3)
    owner = models.ForeignKey(
        "users.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(
        max_length=180,
        validators=[MinLengthValidator(1), valid_name],
        help_text="The board's name, 1 to 180 characters.",
    )
    description = models.CharField(
        max_length=500, blank=True, help_text="What the board is about, up to 500 characters."
    )
    slug = models.CharField(
        max_length=200, help_text="The board's name in its address, its owner's only one."
    )
    is_secret = models.BooleanField(
        default=False, help_text="Whether only its owner may know of it."
    )
    position = models.PositiveIntegerField(
        default=0, help_text="Its place in its owner's own order."
    )
    archived_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when it is out of its owner's way; null while in use.",
    )
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it was deleted; it exists for nobody, and its pins are going.",
    )

    guard = BOARD

    class Meta:
        indexes = [
            models.Index(fields=["owner", "position", "id"], name="board_own_order"),
            models.Index(fields=["owner", "-id"], name="board_newest"),
            models.Index(
                fields=["deleted_at"], name="board_going", condition=~models.Q(deleted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BoardSlug(models.Model):
    """A slug that a board has or had: old links lead to it for as long as it exists."""

    owner = models.ForeignKey(
        "users.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    slug = models.CharField(max_length=200)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="slugs")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "slug"], name="board_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Section(models.Model):
    """A part of a board."""

    id = IdField(kind=4)
    board = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="sections", db_index=False
    )
    name = models.CharField(
        max_length=180,
        validators=[MinLengthValidator(1), valid_name],
        help_text="The section's name, 1 to 180 characters.",
    )
    position = models.PositiveIntegerField(default=0, help_text="Its place in the board.")

    guard = BOARD.through("board")

    class Meta:
        indexes = [models.Index(fields=["board", "position", "id"], name="section_order")]

    def __str__(self) -> str:
        return self.name
