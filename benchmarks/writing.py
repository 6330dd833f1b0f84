"""A writer of pins, on a process of its own (`START`), with PLACES as its argument.

Saves pins to boards in turn (PLACES: JSON, lists of owner and board). It says `ready`, and takes lines of
a rate, for how many seconds, and by what: `service` is the product's, which asks and counts all that a
save has to; `row` is a row and its event, as little as a commit can be. For each it prints, as JSON,
lists of owner, pin, and when the commit was done by the machine's clock.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count

from django.db import transaction

from apps.pins.events import PinCreated
from apps.pins.models import Pin
from apps.pins.services import save_pin
from pinboard.events.outbox import publish
from pinboard.sql import rows

# Django is set up before what needs it is imported.
START = "import django; django.setup(); from benchmarks.writing import main; main()"

# Owner, board, and the pin that is saved.
Place = tuple[int, int, int]
Save = Callable[[int, int, int], int]
Written = list[tuple[int, int, float]]


_ROW = """
INSERT INTO pins_pin (id, owner_id, board_id, picture_id, title, description, alt_text, link, note,
    saved_from_id, root_id, is_listed)
SELECT pinboard_mint(5), %s, %s, picture_id, title, description, alt_text, link, note, id, id, true
FROM pins_pin WHERE id = %s RETURNING id
"""


def write(rate: float, seconds: float, save: Save, wanted: Iterator[Place]) -> Written:
    """Save at set times, later where it can't be helped."""
    written: Written = []
    start = time.monotonic()
    for number in count():
        due = start + number / rate
        if max(due, time.monotonic()) >= start + seconds:
            return written
        time.sleep(max(0.0, due - time.monotonic()))
        owner, board, original = next(wanted)
        written.append((owner, save(owner, board, original), time.monotonic()))
    raise AssertionError("count() does not end")


def by_service(owner: int, board: int, original: int) -> int:
    return save_pin(owner_id=owner, board_id=board, pin_id=original)


def by_row(owner: int, board: int, original: int) -> int:
    with transaction.atomic():
        ((pin,),) = rows(_ROW, [owner, board, original])
        publish(PinCreated(pin, owner, board, original, None))
    return int(pin)


_SAVES: dict[str, Save] = {"service": by_service, "row": by_row}


def saves(places: list[tuple[int, int]]) -> Iterator[Place]:
    """Owner, board and pin, none twice."""
    others = Pin.objects.filter(root_id=None, is_listed=True)
    others = others.exclude(owner_id__in=[owner for owner, _ in places])
    for original in others.order_by("-pk").values_list("pk", flat=True).iterator():
        for owner, board in places:
            yield owner, board, original


def main() -> None:
    wanted = saves(json.loads(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        rate, seconds, by = line.split()
        print(json.dumps(write(float(rate), float(seconds), _SAVES[by], wanted)), flush=True)
