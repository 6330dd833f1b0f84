"""Pins as rows: how they are held, recounted and removed.

Locks are taken in one order by everybody, so that writers cannot deadlock: the person (advisory),
boards with their owners (shared), pins, pictures, counters; each kind by id.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection

from apps.boards.selectors import hold_boards
from apps.media.services import release_pictures
from apps.pins.counting import Tally, count
from apps.pins.events import PinEdited, PinsDeleted
from apps.pins.models import Pin
from pinboard.counters.counts import forget_held, hold
from pinboard.errors import NotFound, validate
from pinboard.events.outbox import publish
from pinboard.sql import rows, spelled

# Pins that an event names, or a task handles.
CHUNK = 1_000

# Of a line with a million saves one is looked at.
_DEAD = """
SELECT line FROM unnest(%s::bigint[]) AS line
WHERE (SELECT 1 FROM pins_pin WHERE id = line) IS NULL
AND (SELECT 1 FROM pins_pin WHERE root_id = line LIMIT 1) IS NULL
"""

# The texts that say what a pin is about.
_TELLING = ("title", "description", "alt_text")


def own_pins(actor_id: int, pin_ids: Sequence[int]) -> list[Pin]:
    """The actor's pins, locked in one order; `NotFound` when one of them is not theirs."""
    wanted = set(pin_ids)
    pins = list(
        Pin.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=wanted, owner_id=actor_id, board__deleted_at=None)
        .order_by("pk")
    )
    if len(pins) != len(wanted):
        raise NotFound(
            "There is no such pin of yours."
            if len(wanted) == 1
            else "One of the pins does not exist, or is not yours."
        )
    return pins


def locked(pin_id: int) -> Pin:
    """A pin, whoever's, held until the transaction ends."""
    pin = Pin.objects.select_for_update(no_key=True).filter(pk=pin_id).first()
    if pin is None:
        raise NotFound
    return pin


def locked_with_board(pin_id: int) -> tuple[Pin, bool]:
    """A pin, and whether everybody sees its board. The board is to be held first, so look again."""
    while True:
        board_id = Pin.objects.filter(pk=pin_id).values_list("board_id", flat=True).first()
        boards = hold_boards([] if board_id is None else [board_id])
        pin = locked(pin_id)
        if pin.board_id == board_id:
            return pin, boards.get(pin.board_id, False)


def hold_pins_of(owner_id: int) -> None:
    """One writer at a time adds to a person's pins: the limit and "saved already" are exact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [-owner_id])


def is_listed(pin: Pin, is_open: bool, ready: set[int]) -> bool:
    """What `visibility` says of a pin that everybody sees, for one that is being written."""
    return is_open and pin.hidden_at is None and pin.picture_id in ready


def rewrite(pin: Pin, changes: Mapping[str, str]) -> None:
    """Change texts of a pin that is held."""
    before = [getattr(pin, name) for name in _TELLING]
    for name, value in changes.items():
        setattr(pin, name, value.strip())
    validate(pin, changes)
    pin.save(update_fields=list(changes))
    if [getattr(pin, name) for name in _TELLING] != before:
        publish(PinEdited(pin.pk, pin.owner_id))


@contextmanager
def recounted(pins: Sequence[Pin]) -> Iterator[None]:
    """Bring the counters from what the pins were before the block to what they are after it."""
    before = Tally.of(pins)
    yield
    count(Tally.of(pins) - before)


def remove(pins: Sequence[Pin]) -> None:
    """Delete pins that are held. They are all of one person."""
    Pin.objects.filter(pk__in=[pin.pk for pin in pins]).delete()
    release_pictures(picture_ids={pin.picture_id for pin in pins})
    for some in chunks(pins):
        boards = sorted({pin.board_id for pin in some})
        publish(PinsDeleted([pin.pk for pin in some], some[0].owner_id, boards))
    count(-Tally.of(pins))
    _forget_dead({pin.root_id or pin.pk for pin in pins})


def _forget_dead(lines: set[int]) -> None:
    """Nothing counts for lines of which no pin is left.

    Counters are held before it is looked again. Whoever saved a pin of the line until then is seen, and
    who does so from then on counts anew; where somebody is about to, the counters are left.
    """
    held = hold(_dead(lines))
    dead = _dead({one.subject for one in held})
    forget_held([one for one in held if one.subject in dead])


def _dead(lines: set[int]) -> set[int]:
    return {line for (line,) in rows(_DEAD, [spelled(lines)])} if lines else set()


def chunks(pins: Sequence[Pin]) -> Iterator[Sequence[Pin]]:
    """The pins in portions that an event can name."""
    return (pins[start : start + CHUNK] for start in range(0, len(pins), CHUNK))
