"""`manage.py demo`: a world to look at."""

import sys
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.demo import bulk, delivery, pictures
from apps.demo.world import PASSWORD, PERSON, STAFF, World
from apps.users.selectors import email_is_taken
from apps.users.services import create_staff

# From here on, services one by one would take hours.
BY_COPY = 10_000
PICTURES = 100


class Command(BaseCommand):
    help = "Fill a demo world: people, boards, pins with pictures, follows and saves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=100, help=f"from {BY_COPY} on by COPY")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same world"
        )
        parser.add_argument("--photos", type=Path, help="a folder of pictures to use")
        parser.add_argument(
            "--if-empty", action="store_true", help="leave a world that is there as it is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's password is public. It has no place in production.")
        people: int = options["people"]
        if people < 2:
            raise CommandError("A world needs two people at least: --people 2")
        random = Random(options["seed"])  # noqa: S311 - a world, not a secret
        if email_is_taken(STAFF):
            if options["if_empty"]:
                return
            raise CommandError(
                "There is a demo world already. `make clean` makes room for another."
            )
        photos = [] if people >= BY_COPY else self._photos(options["photos"], random)
        # First: its account tells later runs that there is a world, also if this one is cut short.
        create_staff(email=STAFF, username="staff_demo", password=PASSWORD)
        if people >= BY_COPY:
            self.stdout.write(f"{people} people: by COPY, past the services and without fan-out.")
            bulk.fill(random, people, _progress, _bar)
            self._tell()
            return
        World(random, _progress).fill(people, photos)
        delivery.deliver_all(_bar)
        self._tell()

    def _tell(self) -> None:
        self.stdout.write(f"Log in as {PERSON} or {STAFF}, password {PASSWORD}.")

    def _photos(self, folder: Path | None, random: Random) -> list[bytes]:
        if folder is None:
            painted = pictures.painted(random, PICTURES)
            return list(_progress(painted, "pictures", PICTURES))
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Name one that holds pictures.")
        found = pictures.from_folder(folder)
        if not found:
            raise CommandError(f"{folder} holds no pictures (JPEG, PNG, WebP, GIF or AVIF).")
        return found


def _bar(label: str, total: int | None) -> Any:
    return tqdm(desc=f"{label:>10}", total=total, unit="", file=sys.stderr, dynamic_ncols=True)


def _progress(items: Any, label: str, total: int | None = None) -> Any:
    return tqdm(
        items, desc=f"{label:>10}", total=total, unit="", file=sys.stderr, dynamic_ncols=True
    )
