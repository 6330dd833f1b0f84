"""`manage.py retag_pins`: topics for what is pinned already, after the taxonomy has changed."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from apps.pins.models import Pin
from apps.pins.services import tag_some


class Command(BaseCommand):
    help = "Bring the topics of all pins in line with the taxonomy. Safe at any time, and twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after",
            type=int,
            default=0,
            help="go on beyond this pin's id, as an earlier run told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        after: int | None = options["after"]
        left = Pin.objects.filter(pk__gt=after).count()
        with tqdm(total=left, desc="pins", unit="", file=sys.stderr, dynamic_ncols=True) as bar:
            while after is not None:
                bar.set_postfix(after=after)
                count, after = tag_some(after=after)
                bar.update(count)
        self.stdout.write(f"{bar.n} pins looked at.")
