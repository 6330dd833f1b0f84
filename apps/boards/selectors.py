"""Reads: boards and sections as a viewer may see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import django_filters
from django.utils.text import slugify

from apps.boards.models import Board, BoardSlug, Section
from pinboard.errors import NotFound
from pinboard.filtering import narrow
from pinboard.paging import Listing, Order
from pinboard.records import Loader
from pinboard.sql import rows

OWN_ORDER = Order("boards.own", ("position", "id"))
NEWEST = Order("boards.newest", ("-id",))
BY_NAME = Order("boards.name", ("name", "id"))
SECTIONS = Order("sections", ("position", "id"))


class BoardRecord(NamedTuple):
    """A board."""

    id: int
    owner_id: int
    name: str
    description: str
    slug: str
    is_secret: bool
    archived_at: datetime | None
    cover_id: int | None


class SectionRecord(NamedTuple):
    """A section of a board."""

    id: int
    board_id: int
    name: str


class BoardFilter(django_filters.FilterSet):
    """Which boards of a list are wanted."""

    is_archived = django_filters.BooleanFilter(
        "archived_at",
        lookup_expr="isnull",
        exclude=True,
        label="Only archived boards, or only others.",
    )
    name_contains = django_filters.CharFilter(
        "name", lookup_expr="icontains", label="Only boards with this text in their name."
    )

    class Meta:
        model = Board
        fields: list[str] = []


_boards = Loader(BoardRecord, lambda viewer: Board.objects.filter(Board.guard.q(viewer)))
_sections = Loader(SectionRecord, lambda viewer: Section.objects.filter(Section.guard.q(viewer)))


def load_boards(viewer_id: int | None, ids: Sequence[int | None]) -> list[BoardRecord | None]:
    """One record for each id, in order; None where there is no board to see. One statement."""
    return _boards.load(viewer_id, ids)


def load_sections(viewer_id: int | None, ids: Sequence[int | None]) -> list[SectionRecord | None]:
    """One record for each id, in order; None where there is no section to see. One statement."""
    return _sections.load(viewer_id, ids)


def boards_of(
    viewer_id: int | None, *, order: Order = OWN_ORDER, filters: Mapping[str, Any]
) -> Listing:
    """The boards of people."""
    visible = Board.objects.filter(Board.guard.q(viewer_id))
    return Listing(
        lambda owner: narrow(BoardFilter, filters, visible.filter(owner_id=owner)), order
    )


def sections_of(viewer_id: int | None) -> Listing:
    """The sections of boards, in their order."""
    visible = Section.objects.filter(Section.guard.q(viewer_id))
    return Listing(lambda board: visible.filter(board_id=board), SECTIONS)


def board_id_by_slug(viewer_id: int | None, owner_id: int, slug: str) -> int | None:
    """The id of the visible board that has, or once had, this slug with its owner."""
    guard = Board.guard.through("board")
    found = BoardSlug.objects.filter(
        guard.q(viewer_id), owner_id=owner_id, slug=slugify(slug, allow_unicode=True)
    )
    return found.values_list("board_id", flat=True).first()


_HOLD = """
SELECT board.is_secret FROM boards_board AS board
LEFT JOIN boards_section AS section ON section.board_id = board.id AND section.id = %s
WHERE board.id = %s AND board.owner_id = %s AND board.deleted_at IS NULL
  AND (%s::bigint IS NULL OR section.id IS NOT NULL)
FOR SHARE OF board
"""


def hold_board(owner_id: int, board_id: int, section_id: int | None = None) -> bool:
    """Whether the owner's board is secret, which it stays until the transaction ends.

    `NotFound` for a board, or a section on it, that is not theirs. The lock is a shared one: many
    may pin to a board at once, while a change of its visibility waits for them, and they for it.
    """
    found = rows(_HOLD, [section_id, board_id, owner_id, section_id])
    if not found:
        raise NotFound("There is no such board of yours, or no such section on it.")
    is_secret: bool = found[0][0]
    return is_secret


def secret_flags(ids: Sequence[int]) -> dict[int, bool]:
    """Whether each existing board is secret, for handlers of events. One statement."""
    existing = Board.objects.filter(pk__in=ids, deleted_at=None)
    return dict(existing.values_list("id", "is_secret"))


def board_ids_of(owner_id: int) -> list[int]:
    """The ids of all of a person's boards, for handlers of events. One statement."""
    return list(Board.objects.filter(owner_id=owner_id).values_list("id", flat=True))
