"""An author, their followers, and what has arrived with those."""

import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.core.management import call_command
from django.db import connection

from apps.boards.models import Board
from apps.feed import store
from apps.pins.models import Pin
from benchmarks.followers import make_author, make_timelines
from pinboard.cache import keys
from pinboard.cache.commands import commands
from pinboard.local.postgres import DATABASE
from pinboard.local.process import end_with_parent

_BATCH = 2_000
_READERS = 2
_READ = """
import django; django.setup()
import struct, sys
from apps.feed import timelines
people = sys.stdin.buffer.read()
for (person,) in struct.iter_unpack("=q", people):
    timelines.timeline_of(person)
"""


class Count(NamedTuple):
    """What became of deliveries: a pin that a follower is to read is one.

    `doubled`: what is read again by somebody who has read it; `misread`: followers who do not read each
    pin once, the newest first.
    """

    expected: int
    found: int
    doubled: int
    lost: int
    misread: int


def tally(read: Iterable[list[int] | None], pins: Sequence[int]) -> Count:
    """Count what followers have read, each a list of ids, or None without a timeline. `pins`: what each is
    to read of these, the newest first."""
    wanted, newest_first = set(pins), list(pins)
    expected = found = doubled = misread = 0
    for ids in read:
        there = [pin for pin in ids or () if pin in wanted]
        once = len(set(there))
        expected += len(wanted)
        found += once
        doubled += len(there) - once
        misread += there != newest_first
    return Count(expected, found, doubled, expected - found, misread)


class World:
    """The author's board, and the followers, all of whom have a timeline."""

    def __init__(self, board: Board, followers: Sequence[int]) -> None:
        self.board, self.followers = board, followers

    def some(self, count: int) -> Sequence[int]:
        """So many followers, from all over the range, or a few more."""
        return self.followers[:: max(len(self.followers) // count, 1)]

    def make_timelines(self) -> None:
        """An empty timeline for each, as for somebody who came by while there was nothing."""
        make_timelines(self.followers)

    @classmethod
    def make(cls, followers: int) -> "World":
        """One in an empty database."""
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")
        connection.close()
        call_command("migrate", verbosity=0)
        made = make_author("author", followers)
        return cls(Board.objects.get(pk=made.board_id), made.followers)

    def pins_after(self, pin_id: int) -> list[int]:
        """The pins that were committed since."""
        mine = Pin.objects.filter(board=self.board, pk__gt=pin_id)
        return list(mine.order_by("-pk").values_list("pk", flat=True))

    @contextmanager
    def reading(self, people: Sequence[int]) -> Iterator[None]:
        """These people read their feeds, in processes of their own: what is not there is built."""
        readers = []
        for number in range(_READERS):
            command = [sys.executable, "-W", "ignore", "-c", _READ]
            reader = subprocess.Popen(command, stdin=subprocess.PIPE, preexec_fn=end_with_parent)
            reader.stdin.write(
                struct.pack(f"={len(people[number::_READERS])}q", *people[number::_READERS])
            )
            reader.stdin.close()
            readers.append(reader)
        try:
            yield
        finally:
            codes = [one.wait() for one in readers]
            if any(codes):
                raise RuntimeError("A follower could not read their feed.")

    def count(self, people: Sequence[int], pins: Sequence[int]) -> Count:
        """What all of these people read of these pins."""
        parts = (people[start : start + _BATCH] for start in range(0, len(people), _BATCH))
        read = chain.from_iterable(store.read_many(part, store.MAX_ENTRIES) for part in parts)
        return tally(read, pins)

    def repeated(self, people: Sequence[int], pins: Sequence[int]) -> int:
        """Entries that these people's timelines hold again. The design allows them, since adding twice is
        how a step that was broken off is done again; none of them may be read."""
        wanted = np.array(pins, dtype=">i8")
        count = 0
        for raw in _raw(people):
            entries = np.frombuffer(raw, dtype=">i8")
            there = entries[np.isin(entries, wanted)]
            count += len(there) - len(np.unique(there))
        return count


def _raw(people: Sequence[int]) -> Iterator[bytes]:
    for start in range(0, len(people), _BATCH):
        part = people[start : start + _BATCH]
        yield from (raw or b"" for raw in commands([("GET", keys.timeline(one)) for one in part]))
