"""`manage.py timelines`: build timelines anew, or compare them with Postgres."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.feed import services, store, timelines
from apps.users.selectors import active_people


class Command(BaseCommand):
    help = "Build timelines anew from Postgres, or audit them: compare, and mend what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rebuild", "audit"])
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--people", nargs="+", type=int, metavar="ID", help="these people's")
        whose.add_argument("--sample", type=int, metavar="N", help="some that are in Valkey")
        whose.add_argument("--all", action="store_true", help="everybody's, and topics'")

    def handle(self, *args: Any, **options: Any) -> None:
        people = tqdm(list(_people(options)), desc=options["act"], unit="person", file=sys.stderr)
        if options["act"] == "audit":
            found = services.audit_timelines(people)
            self.stdout.write(
                f"{found.timelines} timelines: {found.missing} entries were missing,"
                f" {found.extra} too many. What differed was built anew."
            )
            return
        count = 0
        for person in people:
            timelines.rebuild(person)
            count += 1
        self.stdout.write(f"{count} timelines were built.")


def _people(options: dict[str, Any]) -> Iterator[int]:
    if options["sample"] is not None:
        if options["sample"] < 1:
            raise CommandError("--sample must be 1 at least.")
        yield from store.sample(options["sample"])
    elif options["all"]:
        yield from active_people()
        yield from timelines.shared()
    else:
        known = set(active_people(options["people"]))
        if unknown := set(options["people"]) - known:
            raise CommandError(f"There is no active person {min(unknown)}.")
        yield from options["people"]
