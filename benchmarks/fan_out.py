"""A pin on its way to all followers of its author: through the outbox and the feed's handlers, as a
pipeline of one command a follower, and as rows of a table, which is what most projects begin with."""

import argparse
import time
from collections.abc import Callable

from django.db import connection, models, transaction
from django_redis import get_redis_connection

from apps.feed import fanout, store
from apps.feed.events import FanOutDue
from apps.follows.models import PersonFollow
from benchmarks import report
from benchmarks.followers import make_author
from pinboard.events.outbox import deliver_due
from pinboard.sql import rows

_PIN = 5


class FeedEntry(models.Model):
    """One pin in one person's feed, as a row."""

    person_id = models.BigIntegerField()
    pin_id = models.BigIntegerField()

    class Meta:
        app_label = "benchmarks"
        db_table = "benchmark_feed_entry"
        constraints = [models.UniqueConstraint(fields=["person_id", "pin_id"], name="entry_once")]

    def __str__(self) -> str:
        return f"{self.pin_id} for {self.person_id}"


def measure(options: argparse.Namespace) -> None:
    """Deliveries a second of each contender."""
    made = make_author("author", options.followers)
    author, board = made.id, made.board_id
    with connection.schema_editor() as editor:
        editor.create_model(FeedEntry)

    def pinboard(pin: int) -> None:
        with transaction.atomic():
            fanout.start([FanOutDue([pin], author, board)])
        while deliver_due():
            pass

    def pipeline(pin: int) -> None:
        client = get_redis_connection("default").pipeline(transaction=False)
        for person in _followers(author):
            client.zadd(f"bench:{person}", {pin: pin})
            client.zremrangebyrank(f"bench:{person}", 0, -(store.MAX_ENTRIES + 1))
        client.execute()

    def table(pin: int) -> None:
        entries = [FeedEntry(person_id=person, pin_id=pin) for person in _followers(author)]
        FeedEntry.objects.bulk_create(entries, batch_size=1_000, ignore_conflicts=True)

    contenders = {"pinboard": pinboard, "pipeline of ZADD": pipeline, "rows by bulk_create": table}
    turns = {
        name: lambda deliver=deliver: _turn(deliver, author, options.followers)
        for name, deliver in contenders.items()
    }
    report.publish(
        "fan_out",
        report.rounds(options.rounds, turns),
        rate="deliveries_a_second",
        folder=options.out,
        parameters={"followers": options.followers, "rounds": options.rounds},
    )


def _turn(deliver: Callable[[int], None], author: int, followers: int) -> report.Figures:
    ((pin,),) = rows("SELECT pinboard_mint(%s)", [_PIN])
    start, cpu = time.perf_counter(), time.process_time()
    deliver(pin)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {
        "deliveries_a_second": followers / took,
        "seconds": took,
        "cpu_us_a_delivery": 1_000_000 * cpu / followers,
    }


def _followers(author: int) -> list[int]:
    return list(PersonFollow.objects.filter(person_id=author).values_list("follower_id", flat=True))
