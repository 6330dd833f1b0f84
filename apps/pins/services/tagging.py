"""What workers write of pins' topics. What pins are about is worked out anew each time, so that it
does not matter in which order, or how often, they are told of a change."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.pins.events import PinsTagged
from apps.pins.models import Pin, PinTopic
from apps.pins.services import holding
from apps.topics.matching import Texts
from apps.topics.selectors import matcher
from pinboard.events.outbox import publish

_TEXTS = ("title", "description", "alt_text", "board__name", "board__description")

_DELETE = """
DELETE FROM pins_pintopic AS tag USING unnest(%s::bigint[], %s::bigint[]) AS gone(pin_id, topic_id)
WHERE tag.pin_id = gone.pin_id AND tag.topic_id = gone.topic_id
"""

_INSERT = """
INSERT INTO pins_pintopic (pin_id, topic_id, score, is_implied)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::boolean[])
ON CONFLICT (topic_id, pin_id) DO UPDATE SET score = excluded.score, is_implied = excluded.is_implied
"""

# The pin, the topic, its score, and whether it is implied by another.
_Row = tuple[int, int, int, bool]


@transaction.atomic
def tag_pins(*, pin_ids: Sequence[int]) -> None:
    """Bring the topics of pins in line with their texts and their boards'; at most a chunk."""
    _tag(pin_ids)


@transaction.atomic
def tag_some_of_board(*, board_id: int, after: int) -> int | None:
    """The same for the next chunk of a board's pins, by id, beyond the id `after`; where to go on, None
    at the end."""
    _, last = _tag_next(Pin.objects.filter(board_id=board_id), after)
    return last


@transaction.atomic
def tag_some(*, after: int) -> tuple[int, int | None]:
    """The same for the next chunk of all pins; how many they were, and where to go on."""
    return _tag_next(Pin.objects.all(), after)


def _tag_next(pins: QuerySet[Pin], after: int) -> tuple[int, int | None]:
    beyond = pins.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    ids = list(beyond[: holding.CHUNK])
    _tag(ids)
    return len(ids), ids[-1] if len(ids) == holding.CHUNK else None


def _tag(pin_ids: Sequence[int]) -> None:
    """Held first and read then: whoever holds a pin last has seen what was last changed."""
    pins = Pin.objects.filter(pk__any=list(pin_ids)).order_by("pk")
    held = list(pins.select_for_update(no_key=True).values_list("pk", flat=True))
    if held:
        wanted = _wanted(held)
        tags = PinTopic.objects.filter(pin_id__any=held)
        there = set(tags.values_list("pin_id", "topic_id", "score", "is_implied"))
        before, after = ({row[:2] for row in rows} for rows in (there, wanted))
        _write(_DELETE, sorted(before - after))
        _write(_INSERT, sorted(wanted - there))
        if more := sorted({pin for pin, _ in after - before}):
            publish(PinsTagged(more))


def _wanted(pin_ids: Sequence[int]) -> set[_Row]:
    """What pins are about, by their texts as they are now."""
    taxonomy = matcher()
    texts = Pin.objects.filter(pk__any=pin_ids).values_list("pk", *_TEXTS)
    return {(pin, *tag) for pin, *some in texts for tag in taxonomy.tags(Texts(*some))}


def _write(sql: str, lines: Sequence[tuple[int, ...]]) -> None:
    """Run a statement that takes lines as one array for each column; none where there are no lines."""
    if lines:
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(column) for column in zip(*lines, strict=True)])
