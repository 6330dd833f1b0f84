"""A writer: `python -m benchmarks.writing PLACES`, on a process of its own.

Saves pins by the product's service to boards in turn (PLACES: JSON, lists of owner and board). It says
`ready`, and takes lines of a rate and for how many seconds; for each it prints, as JSON, lists of owner,
pin, and when the commit was done by the machine's clock.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import count

import django

Written = list[tuple[int, int, float]]


def write(rate: float, seconds: float, saves: Iterator[tuple[int, int, int]]) -> Written:
    """Save at set times, later where it can't be helped."""
    from apps.pins.services import save_pin

    written: Written = []
    start = time.monotonic()
    for number in count():
        due = start + number / rate
        if max(due, time.monotonic()) >= start + seconds:
            return written
        time.sleep(max(0.0, due - time.monotonic()))
        owner, board, original = next(saves)
        pin = save_pin(owner_id=owner, board_id=board, pin_id=original)
        written.append((owner, pin, time.monotonic()))
    raise AssertionError("count() does not end")


def saves(places: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Owner, board and pin, none twice."""
    from apps.pins.models import Pin

    others = Pin.objects.filter(root_id=None, is_listed=True)
    others = others.exclude(owner_id__in=[owner for owner, _ in places])
    for original in others.order_by("-pk").values_list("pk", flat=True).iterator():
        for owner, board in places:
            yield owner, board, original


def main() -> None:
    django.setup()
    wanted = saves(json.loads(sys.argv[1]))
    print("ready", flush=True)
    for line in sys.stdin:
        rate, seconds = map(float, line.split())
        print(json.dumps(write(rate, seconds, wanted)), flush=True)


if __name__ == "__main__":
    main()
