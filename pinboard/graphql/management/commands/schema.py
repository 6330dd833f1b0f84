"""`manage.py schema`: the schema as a file, which is committed, and what a change does to clients."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string
from graphql import print_schema

from pinboard.graphql.evolution import Changes, compare


class Command(BaseCommand):
    help = (
        "Write the schema file. What breaks clients is refused, unless it was deprecated in the file "
        "as it is. With --check nothing is written, and a file that is out of date fails too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only")
        parser.add_argument(
            "--against",
            type=Path,
            help="compare with this file instead, such as the one that is deployed",
        )
        parser.add_argument(
            "--allow-breaking", action="store_true", help="take what breaks clients into account"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        text = print_schema(import_string(str(settings.GRAPHENE["SCHEMA"])).graphql_schema) + "\n"
        file: Path = settings.SCHEMA_FILE
        against: Path | None = options["against"]
        if against and not against.exists():
            raise CommandError(f"{against} does not exist, so there is nothing to compare with.")
        before = _read(against or file)
        changes = compare(before, text) if before else Changes([], [], [], [])
        self._tell(changes)
        if changes.breaking and not options["allow_breaking"]:
            raise CommandError(
                f"{len(changes.breaking)} changes break clients. Deprecate what is to go, with a "
                "reason and a date, and remove it when that date has passed."
            )
        if not options["check"]:
            file.write_text(text)
            self.stdout.write(f"{file.name} is written")
        elif _read(file) != text:
            raise CommandError(f"{file.name} is out of date. Run `make schema` and commit it.")
        else:
            self.stdout.write(f"{file.name} is up to date")

    def _tell(self, changes: Changes) -> None:
        kinds = {
            "breaking": changes.breaking,
            "breaking, announced": changes.announced,
            "dangerous": changes.dangerous,
            "safe": changes.safe,
        }
        for kind, sentences in kinds.items():
            for sentence in sentences:
                self.stdout.write(f"{kind}: {sentence}")


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
