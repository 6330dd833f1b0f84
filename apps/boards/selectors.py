"""Reads: boards and sections as a viewer may see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import django_filters
from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.utils.text import slugify

from apps.boards.models import Board, BoardSlug, Section
from pinboard.errors import NotFound
from pinboard.filtering import narrow
from pinboard.paging import Listing, Order
from pinboard.postgres.statements import Statement
from pinboard.records import Loader
from pinboard.sql import VIEWER, Later, array, as_viewer, compile_queryset, rows

OWN_ORDER = Order("boards.own", ("position", "id"))
NEWEST = Order("boards.newest", ("-id",))
BY_NAME = Order("boards.name", ("name", "id"))
SECTIONS = Order("sections", ("position", "id"))

_FLAGS = "SELECT id, is_secret FROM boards_board WHERE id = ANY(%s) AND deleted_at IS NULL"


class BoardRecord(NamedTuple):
    """A board."""

    id: int
    owner_id: int
    name: str
    description: str
    slug: str
    is_secret: bool
    archived_at: datetime | None


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


BOARDS = Loader(
    BoardRecord,
    lambda viewer: Board.objects.filter(Board.guard.q(viewer)),
    brief=("id", "name", "slug"),
)
_sections = Loader(SectionRecord, lambda viewer: Section.objects.filter(Section.guard.q(viewer)))


def load_boards(
    viewer_id: int | None, ids: Sequence[int | None]
) -> Later[list[BoardRecord | None]]:
    """One record for each id, in order; None where there is no board to see. One statement."""
    return BOARDS.load(viewer_id, ids)


def load_sections(
    viewer_id: int | None, ids: Sequence[int | None]
) -> Later[list[SectionRecord | None]]:
    """One record for each id, in order; None where there is no section to see. One statement."""
    return _sections.load(viewer_id, ids)


def boards_of(
    viewer_id: int | None, *, order: Order = OWN_ORDER, filters: Mapping[str, Any]
) -> Listing:
    """The boards of people."""

    def rows_of(owner: Any) -> "QuerySet[Board]":  # quoted, or it is made for each request
        mine = BOARDS.rows(VIEWER.expression()).filter(owner_id=owner)
        return narrow(BoardFilter, filters, mine)

    return Listing(
        rows_of,
        order,
        loader=BOARDS,
        values=as_viewer(viewer_id),
        name=None if filters else "boards.owner_id",
    )


def sections_of(viewer_id: int | None) -> Listing:
    """The sections of boards, in their order."""
    return Listing(
        lambda board: _sections.rows(VIEWER.expression()).filter(board_id=board),
        SECTIONS,
        loader=_sections,
        values=as_viewer(viewer_id),
        name="sections.board_id",
    )


def board_id_by_slug(viewer_id: int | None, owner_id: int, slug: str) -> int | None:
    """The id of the visible board that has, or once had, this slug with its owner."""
    guard = Board.guard.through("board")
    found = BoardSlug.objects.filter(
        guard.q(viewer_id), owner_id=owner_id, slug=slugify(slug, allow_unicode=True)
    )
    return found.values_list("board_id", flat=True).first()


def hold_board(owner_id: int, board_id: int, section_id: int | None = None) -> bool:
    """Whether everybody sees the owner's board, which stays so until the transaction ends.

    `NotFound` for a board, or a section on it, that is not theirs. The locks (on board and owner)
    are shared ones: many may pin at once, while a change of who sees the board waits for them, and
    they for it. One statement.
    """
    mine = Board.objects.filter(pk=board_id, owner_id=owner_id)
    if section_id is not None:
        sections = Section.objects.filter(pk=section_id, board_id=OuterRef("pk"))
        mine = mine.filter(Exists(sections))
    found = _held(mine)
    if not found:
        raise NotFound("There is no such board of yours, or no such section on it.")
    return found[board_id]


def hold_boards(ids: Collection[int]) -> dict[int, bool]:
    """Whether everybody sees each board that exists, held like `hold_board` does. One statement."""
    return _held(Board.objects.filter(pk__any=list(ids)))


def _held(boards: QuerySet[Board]) -> dict[int, bool]:
    is_open = Case(When(Board.guard.public(), then=True), default=False)
    wanted = boards.filter(deleted_at=None).order_by("pk").values_list("pk", is_open)
    sql, params = compile_queryset(wanted)
    return dict(rows(f"{sql} FOR SHARE", params))


def secret_flags(ids: Sequence[int]) -> dict[int, bool]:
    """Whether each existing board is secret, for handlers of events. One statement."""
    return Later(Statement(_FLAGS, [array(set(ids))]), dict[int, bool]).get()


def board_ids_of(owner_id: int) -> list[int]:
    """The ids of all of a person's boards, for handlers of events. One statement."""
    return list(Board.objects.filter(owner_id=owner_id).values_list("id", flat=True))
