"""`manage.py load_topics`: the edition of the taxonomy that comes with this code."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.topics.services import load_edition


class Command(BaseCommand):
    help = "Bring the topics in line with apps/topics/data/taxonomy.toml; what staff changed stays."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_edition()
        self.stdout.write(
            f"{loaded.added} topics added, {loaded.changed} changed, {loaded.retired} switched off."
        )
        if any(loaded):
            self.stdout.write("`manage.py retag_pins` tags what is pinned already.")
