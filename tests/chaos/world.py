"""An author, their followers, and what has arrived with those."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from django.core.management import call_command
from django.db import connection
from django_redis import get_redis_connection

from apps.boards.models import Board
from apps.feed import store
from apps.pins.models import Pin
from benchmarks.followers import make_author
from pinboard.cache import keys
from pinboard.local.postgres import DATABASE
from pinboard.local.process import end_with_parent

_BATCH = 2_000
_READERS = 2
_SAMPLE = 200
_READ = """
import django; django.setup()
import sys
from apps.feed import timelines
from apps.follows.selectors import followers_between
from pinboard.ids.layout import MAX_ID
author, which, of, after = *map(int, sys.argv[1:]), 0
while some := followers_between(author, 0, after, MAX_ID, 2_000):
    for person in some[which::of]:
        timelines.timeline_of(person)
    after = some[-1]
"""


class Count(NamedTuple):
    """Deliveries: a pin in the timeline of a follower is one."""

    expected: int = 0
    found: int = 0
    doubled: int = 0
    lost: int = 0


class World:
    """The author's board, and the followers, all of whom have a timeline."""

    def __init__(self, board: Board, followers: Sequence[int]) -> None:
        self.board, self.followers = board, followers

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

    def come_back(self) -> list["subprocess.Popen[bytes]"]:
        """All followers read their feeds, in processes of their own: what is not there is built."""
        author = str(self.board.owner_id)
        return [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", _READ, author, str(number), str(_READERS)],
                preexec_fn=end_with_parent,
            )
            for number in range(_READERS)
        ]

    def count(self, pins: Sequence[int]) -> Count:
        """What has arrived of these pins: in the raw timelines, where one may be there twice."""
        wanted = np.array(pins, dtype=">i8")
        found = doubled = 0
        for raw in self._raw():
            entries = np.frombuffer(raw, dtype=">i8")
            there = entries[np.isin(entries, wanted)]
            once = len(np.unique(there))
            found += once
            doubled += len(there) - once
        expected = len(pins) * len(self.followers)
        return Count(expected, found, doubled, expected - found)

    def misread(self, pins: Sequence[int]) -> int:
        """How many of a sample of followers do not read each pin once, the newest first."""
        wanted = set(pins)
        some = self.followers[:: max(len(self.followers) // _SAMPLE, 1)]
        read = ([pin for pin in store.read(one) or [] if pin in wanted] for one in some)
        return sum(found != list(pins) for found in read)

    def _raw(self) -> Iterator[bytes]:
        client = get_redis_connection("default")
        for start in range(0, len(self.followers), _BATCH):
            some = self.followers[start : start + _BATCH]
            yield from (raw or b"" for raw in client.mget([keys.timeline(one) for one in some]))
