"""Reads: pins as a viewer may see them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import django_filters
from django.db.models import BigIntegerField, Case, F, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from apps.boards.selectors import BoardRecord
from apps.pins.counting import HIDDEN_ON_BOARD, ON_BOARD, SAVES
from apps.pins.models import Pin
from pinboard.counters.counts import totals
from pinboard.filtering import narrow
from pinboard.paging import Listing, Order
from pinboard.records import Loader
from pinboard.sql import compile_queryset, rows
from pinboard.visibility import NOBODY

NEWEST = Order("pins.newest", ("-id",))
OLDEST = Order("pins.oldest", ("id",))


class PinRecord(NamedTuple):
    """A pin. `root_id` is its own id for a first pin; `note` is empty for all but its owner."""

    id: int
    owner_id: int
    board_id: int
    section_id: int | None
    picture_id: int
    title: str
    description: str
    alt_text: str
    link: str
    own_note: str
    saved_from_id: int | None
    line_id: int
    is_save: bool


class PinFilter(django_filters.FilterSet):
    """Which pins of a list are wanted."""

    is_save = django_filters.BooleanFilter(
        "root_id", lookup_expr="isnull", exclude=True, label="Only saves, or only first pins."
    )
    title_contains = django_filters.CharFilter(
        "title", lookup_expr="icontains", label="Only pins with this text in their title."
    )

    class Meta:
        model = Pin
        fields: list[str] = []


def _visible(viewer: Any) -> QuerySet[Pin]:
    return Pin.objects.filter(Pin.guard.q(viewer))


def _records(viewer: Any) -> QuerySet[Pin]:
    return _visible(viewer).annotate(
        own_note=Case(When(owner_id=viewer, then=F("note")), default=Value("")),
        line_id=Coalesce("root_id", "id", output_field=BigIntegerField()),
        is_save=Case(When(root_id__isnull=True, then=Value(False)), default=Value(True)),
    )


_loader = Loader(PinRecord, _records)


def load_pins(viewer_id: int | None, ids: Sequence[int | None]) -> list[PinRecord | None]:
    """One record for each id, in order; None where there is no pin to see. One statement."""
    return _loader.load(viewer_id, ids)


def pins_of_board(
    viewer_id: int | None, *, order: Order = NEWEST, filters: Mapping[str, Any]
) -> Listing:
    """The pins on boards."""
    return _listing("board_id", viewer_id, order, filters)


def pins_of_section(
    viewer_id: int | None, *, order: Order = NEWEST, filters: Mapping[str, Any]
) -> Listing:
    """The pins in sections."""
    return _listing("section_id", viewer_id, order, filters)


def pins_of_person(
    viewer_id: int | None, *, order: Order = NEWEST, filters: Mapping[str, Any]
) -> Listing:
    """The pins of people, on whatever board."""
    return _listing("owner_id", viewer_id, order, filters)


def saves_of_line(viewer_id: int | None) -> Listing:
    """The visible saves of a line of saves, given by its root's id."""
    return Listing(lambda root: _visible(viewer_id).filter(root_id=root), NEWEST)


def _listing(
    parent: str, viewer_id: int | None, order: Order, filters: Mapping[str, Any]
) -> Listing:
    def rows_of(value: Any) -> QuerySet[Pin]:
        return narrow(PinFilter, filters, _visible(viewer_id).filter(**{parent: value}))

    return Listing(rows_of, order)


def save_counts(lines: Sequence[int]) -> list[int]:
    """How often the pins of these lines were saved by anybody where others see it. One statement."""
    return totals(SAVES, lines)


def pin_counts(viewer_id: int | None, boards: Sequence[BoardRecord]) -> list[int]:
    """How many pins the viewer may see on each board. Two statements."""
    ids = [board.id for board in boards]
    everything, hidden = totals(ON_BOARD, ids), totals(HIDDEN_ON_BOARD, ids)
    return [
        count if board.owner_id == (viewer_id or NOBODY) else count - out_of_sight
        for board, count, out_of_sight in zip(boards, everything, hidden, strict=True)
    ]


_SAVED = """
SELECT DISTINCT coalesce(root_id, id) FROM pins_pin
WHERE owner_id = %s AND (root_id = ANY(%s) OR id = ANY(%s))
"""


def saved_lines(viewer_id: int | None, lines: Sequence[int]) -> set[int]:
    """Which of these lines the viewer has a pin of. One statement."""
    if viewer_id is None or not lines:
        return set()
    wanted = list(lines)
    return {line for (line,) in rows(_SAVED, [viewer_id, wanted, wanted])}


def visible(viewer_id: int | None) -> QuerySet[Pin]:
    """All pins that the viewer may see, to be filtered further."""
    return _visible(viewer_id)


_NEWEST_ACROSS = """
SELECT id FROM (
    SELECT pin.id FROM unnest(%s::bigint[]) AS source(id) CROSS JOIN LATERAL ({of_owner}) AS pin
    UNION
    SELECT pin.id FROM unnest(%s::bigint[]) AS source(id) CROSS JOIN LATERAL ({of_board}) AS pin
) AS found ORDER BY id DESC LIMIT %s
"""


def newest_across(
    among: QuerySet[Pin], people: Sequence[int], boards: Sequence[int], limit: int
) -> list[int]:
    """The newest of `among` (see `visible`) by these people and on these boards. One statement.

    Each source gives `limit` at most, from its index.
    """
    source = RawSQL("source.id", ())
    of_owner, owner_params = compile_queryset(
        among.filter(owner_id=source).order_by("-id").values_list("id")[:limit]
    )
    of_board, board_params = compile_queryset(
        among.filter(board_id=source).order_by("-id").values_list("id")[:limit]
    )
    sql = _NEWEST_ACROSS.format(of_owner=of_owner, of_board=of_board)
    params = [list(people), *owner_params, list(boards), *board_params, limit]
    return [pin for (pin,) in rows(sql, params)]
