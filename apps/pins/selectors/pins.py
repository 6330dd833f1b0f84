"""Reads: pins, their lists and their counts, as a viewer may see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import django_filters
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from apps.boards.selectors import BOARDS
from apps.media.selectors import PICTURES
from apps.pins.counting import ALL, LISTED, SAVES
from apps.pins.models import Pin
from apps.pins.visibility import PIN_SOON
from apps.users.selectors import USERS
from pinboard.counters.counts import total_of, totals
from pinboard.filtering import narrow
from pinboard.ids.layout import MAX_ID, first_id_at
from pinboard.paging import Listing, Order
from pinboard.postgres.statements import Statement
from pinboard.records import Loader
from pinboard.related import RelatedValue
from pinboard.sql import (
    IDS,
    VIEWER,
    Later,
    array,
    as_viewer,
    compile_queryset,
    fill,
    flag,
    together,
)

NEWEST = Order("pins.newest", ("-id",))
OLDEST = Order("pins.oldest", ("id",))


class PinRecord(NamedTuple):
    """A pin.

    `line_id`: the first pin of its line of saves, itself for a first pin; `own_note`: the note, empty
    for all but its owner. Pins that these name may be gone, or not for the viewer to see.
    """

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
    has_link = django_filters.BooleanFilter(
        "link", method="with_link", label="Only pins with a link, or only those without."
    )
    has_section = django_filters.BooleanFilter(
        "section",
        lookup_expr="isnull",
        exclude=True,
        label="Only pins in a section, or only those in none.",
    )
    title_contains = django_filters.CharFilter(
        "title",
        lookup_expr="icontains",
        max_length=100,
        label="Only pins with this text in their title.",
    )
    created_since = django_filters.DateTimeFilter(
        "id", method="since", label="Only pins made at this moment or later."
    )
    created_before = django_filters.DateTimeFilter(
        "id", method="before", label="Only pins made before this moment."
    )

    class Meta:
        model = Pin
        fields: list[str] = []

    def with_link(self, pins: QuerySet[Pin], name: str, value: bool) -> QuerySet[Pin]:
        return pins.exclude(link="") if value else pins.filter(link="")

    def since(self, pins: QuerySet[Pin], name: str, value: datetime) -> QuerySet[Pin]:
        return pins.filter(pk__gte=min(first_id_at(value), MAX_ID))

    def before(self, pins: QuerySet[Pin], name: str, value: datetime) -> QuerySet[Pin]:
        return pins.filter(pk__lt=min(first_id_at(value), MAX_ID))


# A line of saves goes by the id of its first pin, which has no root.
_LINE = Coalesce("root_id", "id", output_field=BigIntegerField())


def visible(viewer: Any) -> QuerySet[Pin]:
    """All pins that the viewer (an id, None, or an SQL expression) may see, to be filtered further."""
    return Pin.objects.filter(Pin.guard.q(viewer))


def visible_soon(viewer: Any) -> QuerySet[Pin]:
    """The same, with pins whose picture is still being made, and with `line_id`, as rows have it."""
    return Pin.objects.filter(PIN_SOON.q(viewer)).annotate(line_id=_LINE)


def _rows(viewer: Any) -> QuerySet[Pin]:
    return visible(viewer).annotate(
        own_note=Case(When(owner_id=viewer, then=F("note")), default=Value("")),
        line_id=_LINE,
        is_save=Case(When(root_id__isnull=True, then=Value(False)), default=Value(True)),
    )


def judged(viewer: Any) -> QuerySet[Pin]:
    """All pins, with what decides whether one is shown to the viewer (as in `visible`) where pins are
    proposed: `is_visible`, `is_own`, `is_saved` (the viewer has a pin of its line), `saves`, `line`."""
    mine = Pin.objects.filter(owner_id=viewer, board__deleted_at=None)
    # Of a first pin's line the first pin is itself, so whoever owns it does not need to be told.
    first = Q(Exists(mine.filter(pk=OuterRef("root_id"))), root_id__isnull=False)
    return Pin.objects.annotate(
        line=_LINE,
        saves=total_of(SAVES, "line"),
        is_visible=flag(Pin.guard.q(viewer)),
        is_own=flag(Q(owner_id=viewer)),
        is_saved=flag(Q(Exists(mine.filter(root_id=OuterRef("line")))) | first),
    ).order_by()


PINS = Loader(
    PinRecord,
    _rows,
    related={
        # Whoever sees a pin sees whose it is, and the board: the pin's guard is made of theirs.
        "author": USERS.at("owner"),
        "board": BOARDS.at("board"),
        "picture": PICTURES.at("picture"),
        "save_count": RelatedValue(total_of(SAVES, "line_id")),
    },
    brief=("id", "title"),
)


def load_pins(viewer_id: int | None, ids: Sequence[int | None]) -> Later[list[PinRecord | None]]:
    """One record for each id, in order; None where there is no pin to see. One statement."""
    return PINS.load(viewer_id, ids)


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


def saves_of_pin(viewer_id: int | None) -> Listing:
    """The visible saves of lines, which go by their first pin's id."""
    return Listing(
        lambda root: PINS.rows(VIEWER.expression()).filter(root_id=root),
        NEWEST,
        loader=PINS,
        values=as_viewer(viewer_id),
        name="pins.saves",
    )


def _listing(
    parent: str, viewer_id: int | None, order: Order, filters: Mapping[str, Any]
) -> Listing:
    def rows_of(value: Any) -> "QuerySet[Pin]":  # quoted, or it is made for each request
        mine = PINS.rows(VIEWER.expression()).filter(**{parent: value})
        return narrow(PinFilter, filters, mine)

    name = None if filters else f"pins.{parent}"
    return Listing(rows_of, order, loader=PINS, values=as_viewer(viewer_id), name=name)


def save_counts(lines: Sequence[int]) -> Later[list[int]]:
    """How often these lines were saved where everybody sees it. One statement."""
    return totals(SAVES, lines)


def pin_counts(
    viewer_id: int | None, ids: Sequence[int], owners: Sequence[int | None]
) -> list[int]:
    """How many pins the viewer may see with each of these people, boards or sections.

    `owners`: whose each of them is. Two statements. What others see follows within moments when a
    whole board or person is shown or hidden.
    """
    everything, listed = together([totals(ALL, ids), totals(LISTED, ids)])
    return [
        mine if owner is not None and owner == viewer_id else open
        for owner, mine, open in zip(owners, everything, listed, strict=True)
    ]


def saved_lines(viewer_id: int | None, lines: Sequence[int]) -> set[int]:
    """Which of these lines the viewer has a pin of. One statement."""
    if viewer_id is None:
        return set()
    wanted = list(set(lines))
    mine = Pin.objects.filter(
        Q(root_id__any=wanted) | Q(pk__any=wanted), owner_id=viewer_id, board__deleted_at=None
    )
    return set(mine.values_list(_LINE, flat=True))


_COVERS = """
SELECT coalesce(({chosen}), ({newest}))
FROM unnest(%s::bigint[]) WITH ORDINALITY AS parent(id, ord) ORDER BY parent.ord
"""


def cover_pictures(viewer_id: int | None, boards: Sequence[int]) -> list[int | None]:
    """The id of the picture that stands for each board: of the chosen pin, or else of the newest.

    Only of pins on the board that the viewer may see; None where there is none. One statement.
    """
    sql, params = _cover_statement()
    values = {**as_viewer(viewer_id), IDS.name: array(boards)}
    statement = Statement(sql, fill(params, values))
    return Later(statement, lambda found: [id for (id,) in found]).get()


@cache
def _cover_statement() -> tuple[str, list[Any]]:
    board = RawSQL("parent.id", ())
    on_board = visible(VIEWER.expression()).filter(board_id=board).values_list("picture_id")
    chosen, chosen_params = compile_queryset(on_board.filter(cover__board_id=board).order_by())
    newest, newest_params = compile_queryset(on_board.order_by("-id")[:1])
    sql = _COVERS.format(chosen=chosen, newest=newest)
    return sql, [*chosen_params, *newest_params, IDS]


def boards_of_pins(ids: Sequence[int]) -> list[tuple[int, int]]:
    """The ids of pins that there are, and of the boards that they are on. One statement."""
    return list(Pin.objects.filter(pk__any=list(ids)).values_list("pk", "board_id"))


def public_pins(ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """Of these pins those that everybody sees: id, owner and line. One statement."""
    found = Pin.objects.filter(Pin.guard.public(), pk__any=list(ids))
    return list(found.values_list("pk", "owner_id", _LINE))


def owners_of_pins(ids: Sequence[int]) -> dict[int, int]:
    """Whose these pins are, whoever may see them, of those that there are. One statement, or none."""
    if not ids:
        return {}
    return dict(Pin.objects.filter(pk__any=list(ids)).values_list("pk", "owner_id"))


def open_pins_of_board(board_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these pins are on a board that is not secret. One statement."""
    there = Pin.objects.filter(
        pk__any=list(ids), board_id=board_id, board__is_secret=False, board__deleted_at=None
    )
    return set(there.values_list("pk", flat=True))
