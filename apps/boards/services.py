"""Writes: boards and their sections."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.text import slugify

from apps.boards.events import (
    BoardCreated,
    BoardDeleted,
    BoardEdited,
    BoardVisibilityChanged,
    SectionDeleted,
)
from apps.boards.models import Board, BoardSlug, Section
from pinboard.audit.models import record
from pinboard.counters.counts import forget
from pinboard.errors import Invalid, NotFound, Reason, validate
from pinboard.events.outbox import publish

_EDITABLE = ("name", "description", "is_secret")
# A slug's column has 200 characters; the rest is for the number that tells equal names apart.
_SLUG_LENGTH = 180

_NUMBER = """
UPDATE {table} AS row SET position = place.number - 1
FROM unnest(%s::bigint[]) WITH ORDINALITY AS place(id, number)
WHERE row.id = place.id AND row.position <> place.number - 1
"""


@transaction.atomic
def create_board(
    *, owner_id: int, name: str, description: str = "", is_secret: bool = False
) -> int:
    """Make a board at the end of its owner's order; its id."""
    board = Board(
        owner_id=owner_id,
        name=name.strip(),
        description=description.strip(),
        is_secret=is_secret,
    )
    validate(board, _EDITABLE)
    _hold_boards_of(owner_id)
    boards = Board.objects.filter(owner_id=owner_id, deleted_at=None)
    if boards.count() >= settings.MAX_BOARDS_PER_PERSON:
        limit = settings.MAX_BOARDS_PER_PERSON
        raise Invalid.at(
            "name", f"You have {limit} boards, as many as one may have.", Reason.LIMIT_REACHED
        )
    last = boards.aggregate(last=Max("position"))["last"]
    board.position = 0 if last is None else last + 1
    board.slug = _free_slug(owner_id, board.name)
    board.save()
    BoardSlug.objects.create(owner_id=owner_id, slug=board.slug, board=board)
    publish(BoardCreated(board.pk, owner_id))
    return board.pk


@transaction.atomic
def update_board(
    *, actor_id: int, board_id: int, is_archived: bool | None = None, **changes: Any
) -> None:
    """Change a board of the actor's. `changes`: name, description, is_secret; what is not given stays."""
    board = _board_to_change(changes, pk=board_id, owner_id=actor_id)
    if is_archived is not None and is_archived is (board.archived_at is None):
        board.archived_at = Now() if is_archived else None
    _change(board, changes)


@transaction.atomic
def delete_board(*, actor_id: int, board_id: int) -> None:
    """Delete a board of the actor's at once for every reader; its pins follow in the background."""
    board = own_board(actor_id, board_id)
    _delete([board.pk], actor_id)


@transaction.atomic
def delete_boards_of(*, owner_id: int) -> None:
    """Delete every board of a person who is gone."""
    boards = Board.objects.select_for_update(no_key=True).filter(owner_id=owner_id, deleted_at=None)
    _delete(list(boards.order_by("id").values_list("id", flat=True)), owner_id)


@transaction.atomic
def remove_deleted_board(*, board_id: int) -> None:
    """Remove the row of a deleted board, from which upper floors have taken what they had on it."""
    Board.objects.filter(pk=board_id).exclude(deleted_at=None).delete()
    forget([board_id])


@transaction.atomic
def reorder_boards(*, actor_id: int, board_ids: Sequence[int]) -> None:
    """Put boards of the actor's first in their own order, as given; the others follow as they were."""
    _hold_boards_of(actor_id)
    mine = Board.objects.filter(owner_id=actor_id, deleted_at=None)
    current = list(mine.order_by("position", "id").values_list("id", flat=True))
    _reorder(Board, current, board_ids, "board_ids")


@transaction.atomic
def create_section(*, actor_id: int, board_id: int, name: str) -> int:
    """Add a section at the end of a board of the actor's; its id."""
    board = own_board(actor_id, board_id)
    section = Section(board=board, name=name.strip())
    validate(section, ["name"])
    limit = settings.MAX_SECTIONS_PER_BOARD
    if board.sections.count() >= limit:
        raise Invalid.at(
            "name",
            f"The board has {limit} sections, as many as one may have.",
            Reason.LIMIT_REACHED,
        )
    last = board.sections.aggregate(last=Max("position"))["last"]
    section.position = 0 if last is None else last + 1
    section.save()
    return section.pk


@transaction.atomic
def update_section(*, actor_id: int, section_id: int, name: str) -> None:
    """Rename a section of the actor's."""
    _rename_section(_existing_section(section_id, owner_id=actor_id), name)


@transaction.atomic
def delete_section(*, actor_id: int, section_id: int) -> int:
    """Delete a section of the actor's; its board, on which its pins stay."""
    section = _existing_section(section_id, owner_id=actor_id)
    publish(SectionDeleted(section_id, section.board_id))
    section.delete()
    forget([section_id])
    return section.board_id


@transaction.atomic
def reorder_sections(*, actor_id: int, board_id: int, section_ids: Sequence[int]) -> None:
    """Put sections of the actor's board first, as given; the others follow as they were."""
    board = own_board(actor_id, board_id)
    current = list(board.sections.order_by("position", "id").values_list("id", flat=True))
    _reorder(Section, current, section_ids, "section_ids")


@transaction.atomic
def correct_board(*, actor_id: int, board_id: int, reason: str, **changes: Any) -> None:
    """Change a board of somebody's, for staff. `changes`: name, description."""
    board = _board_to_change(changes, pk=board_id)
    record(actor_id=actor_id, action="boards.correct", subject_id=board_id, reason=reason)
    _change(board, changes)


@transaction.atomic
def remove_board(*, actor_id: int, board_id: int, reason: str) -> None:
    """Delete a board of somebody's, for staff; its pins follow in the background."""
    board = _existing_board(pk=board_id)
    record(actor_id=actor_id, action="boards.remove", subject_id=board_id, reason=reason)
    _delete([board.pk], board.owner_id)


@transaction.atomic
def correct_section(*, actor_id: int, section_id: int, reason: str, name: str) -> None:
    """Rename a section of somebody's, for staff."""
    section = _existing_section(section_id)
    record(actor_id=actor_id, action="sections.correct", subject_id=section_id, reason=reason)
    _rename_section(section, name)


def own_board(actor_id: int, board_id: int) -> Board:
    """The actor's board, locked until the transaction ends; `NotFound` for anybody else's."""
    return _existing_board(pk=board_id, owner_id=actor_id)


def _existing_board(**which: int) -> Board:
    board = _held(**which)
    if board is None:
        raise NotFound("There is no such board.")
    return board


def _existing_section(section_id: int, **of_board: int) -> Section:
    """The section, its board locked; read once that is: whoever had it may have deleted the section."""
    board = _held(sections=section_id, **of_board)
    section = None if board is None else board.sections.filter(pk=section_id).first()
    if section is None:
        raise NotFound("There is no such section.")
    return section


def _board_to_change(changes: Mapping[str, Any], **which: int) -> Board:
    """The board, locked. Names are held before, as `reorder_boards` does: so nobody waits in a circle."""
    if "name" in changes:
        for owner_id in Board.objects.filter(**which).values_list("owner_id", flat=True):
            _hold_boards_of(owner_id)
    return _existing_board(**which)


def _held(**which: int) -> Board | None:
    boards = Board.objects.select_for_update(no_key=True, of=("self",)).filter(deleted_at=None)
    return boards.filter(**which).first()


def _change(board: Board, changes: dict[str, Any]) -> None:
    was_secret, old_name = board.is_secret, board.name
    old_texts = (board.name, board.description)
    for field, value in changes.items():
        setattr(board, field, value.strip() if isinstance(value, str) else value)
    validate(board, changes)
    if board.name != old_name:
        _rename(board)
    board.save()
    if board.is_secret != was_secret:
        publish(BoardVisibilityChanged(board.pk, board.owner_id))
    if (board.name, board.description) != old_texts:
        publish(BoardEdited(board.pk, board.owner_id))


def _rename_section(section: Section, name: str) -> None:
    section.name = name.strip()
    validate(section, ["name"])
    section.save(update_fields=["name"])


def _delete(board_ids: Sequence[int], owner_id: int) -> None:
    Board.objects.filter(pk__in=board_ids).update(deleted_at=Now())
    BoardSlug.objects.filter(board_id__in=board_ids).delete()
    for board_id in board_ids:
        publish(BoardDeleted(board_id, owner_id))


def _rename(board: Board) -> None:
    """Give the board, of a person whose names are held, a slug after its new name; the old one goes on
    leading to it."""
    wanted = _slug(board.name)
    mine = BoardSlug.objects.filter(board=board, slug=wanted).exists()
    if not mine:
        wanted = _free_slug(board.owner_id, board.name)
        BoardSlug.objects.create(owner_id=board.owner_id, slug=wanted, board=board)
    board.slug = wanted


def _hold_boards_of(owner_id: int) -> None:
    """One writer at a time counts and names a person's boards; others of the person wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [owner_id])


def _reorder(
    model: type[models.Model], current: list[int], wanted: Sequence[int], field: str
) -> None:
    """Number the rows `wanted` first, then the rest of `current`. One statement."""
    if len(set(wanted)) != len(wanted):
        raise Invalid.at(field, "An id is named twice. Name each once.")
    if set(wanted) - set(current):
        raise NotFound
    first = set(wanted)
    order = [*wanted, *(one for one in current if one not in first)]
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER.format(table=model._meta.db_table), [order])


def _slug(name: str) -> str:
    return slugify(name, allow_unicode=True)[:_SLUG_LENGTH].strip("-") or "board"


def _free_slug(owner_id: int, name: str) -> str:
    base = _slug(name)
    taken = set(
        BoardSlug.objects.filter(owner_id=owner_id, slug__startswith=base).values_list(
            "slug", flat=True
        )
    )
    return next(slug for slug in _numbered(base) if slug not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
