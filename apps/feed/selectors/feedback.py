"""Reads: what people have hidden, and of what they want to see fewer. It is theirs alone to know."""

from collections.abc import Sequence
from typing import Any

from apps.boards.selectors import BOARDS
from apps.feed.models import HiddenPin, SeenFewer
from apps.topics.selectors import TOPICS
from apps.users.selectors import USERS
from pinboard.ids.layout import kind_of
from pinboard.paging import Listing, Order
from pinboard.records import Loader
from pinboard.sql import Later, together

HIDDEN_NEWEST = Order("hidden.newest", ("-id",))
FEWER_NEWEST = Order("fewer.newest", ("-id",))

# Of what somebody may want to see fewer.
_SUBJECTS: tuple[Loader[Any], ...] = (USERS, BOARDS, TOPICS)


def hidden_by(viewer_id: int) -> Listing:
    """The pins that people have hidden, also those that are gone, or not for them to see any more."""
    return Listing(
        lambda person: HiddenPin.objects.filter(person_id=person),
        HIDDEN_NEWEST,
        node="pin_id",
        name="feed.hidden",
    )


def seen_fewer_by(viewer_id: int) -> Listing:
    """The people, boards and topics of which people want to see fewer, also those that they do not
    see at all any more."""
    return Listing(
        lambda person: SeenFewer.objects.filter(person_id=person),
        FEWER_NEWEST,
        node="subject_id",
        name="feed.fewer",
    )


def load_subjects(viewer_id: int | None, ids: Sequence[int | None]) -> Later[list[Any]]:
    """The person, board or topic for each id, in order; None where there is none to see. A statement
    for each kind that is among them, in one round trip."""
    of_kind = [[one for one in ids if one and kind_of(one) == kind.kind] for kind in _SUBJECTS]
    loaded = together(
        [kind.load(viewer_id, some) for kind, some in zip(_SUBJECTS, of_kind, strict=True)]
    )
    found = {one.id: one for some in loaded for one in some if one is not None}
    return Later.known([found.get(one) for one in ids])


def hidden_among(person_id: int | None, lines: Sequence[int]) -> set[int]:
    """Which of these lines a person has hidden. One statement."""
    if person_id is None:
        return set()
    found = HiddenPin.objects.filter(person_id=person_id, line_id__any=list(set(lines)))
    return set(found.values_list("line_id", flat=True))


def seen_fewer_among(person_id: int | None, subjects: Sequence[int]) -> set[int]:
    """Of which of these a person wants to see fewer. One statement."""
    if person_id is None:
        return set()
    found = SeenFewer.objects.filter(person_id=person_id, subject_id__any=list(set(subjects)))
    return set(found.values_list("subject_id", flat=True))
