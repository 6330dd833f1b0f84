"""The feed's part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.feed.models import Closeness, HiddenPin, Seen, SeenFewer
from apps.users.exporting import register_export


@register_export("hidden_pins")
def hidden_pins(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Which pins the person has hidden."""
    for one in HiddenPin.objects.filter(person_id=user_id).order_by("id").iterator(500):
        yield {"pin_id": str(one.pin_id), "since": one.created_at}


@register_export("seen_fewer")
def seen_fewer(user_id: int) -> Iterator[Mapping[str, Any]]:
    """The people, boards and topics of which the person wants to see fewer."""
    for one in SeenFewer.objects.filter(person_id=user_id).order_by("id").iterator(500):
        yield {"subject_id": str(one.subject_id), "since": one.created_at}


@register_export("authors_acted_on")
def authors_acted_on(user_id: int) -> Iterator[Mapping[str, Any]]:
    """How often the person has saved and opened pins of each author."""
    mine = Closeness.objects.filter(person_id=user_id).order_by("id")
    for one in mine.iterator(500):
        yield {
            "person_id": str(one.author_id),
            "saves": one.saves,
            "opens": one.opens,
            "last": one.updated_at,
        }


@register_export("seen_lately")
def seen_lately(user_id: int) -> Iterator[Mapping[str, Any]]:
    """What the person has seen in their feeds lately: the first pin of each line, the newest last."""
    for seen in Seen.objects.filter(pk=user_id):
        for line_id in seen.lines:
            yield {"first_pin_id": str(line_id)}
