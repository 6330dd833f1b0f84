"""`manage.py events`: how the outbox is doing, its dead letters, and their replay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pinboard.events import outbox
from pinboard.events.figures import figures
from pinboard.events.models import Delivery


class Command(BaseCommand):
    help = "Show the outbox: `status`, `dead` lists dead letters, `replay` makes them due again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["status", "dead", "replay"])
        parser.add_argument(
            "ids", nargs="*", type=int, help="dead letters to replay; all without any"
        )
        parser.add_argument("--limit", type=int, default=100, help="how many dead letters to list")

    def handle(self, *args: Any, **options: Any) -> None:
        action: str = options["action"]
        if action == "status":
            self._status()
        elif action == "dead":
            self._dead(options["limit"])
        else:
            count = outbox.replay(options["ids"] or None)
            self.stdout.write(f"{count} dead letters are due again")

    def _status(self) -> None:
        now = figures()
        for queue, depth in now.depth.items():
            self.stdout.write(f"{queue}: {depth} to deliver")
        self.stdout.write(f"lag: {now.lag_seconds:.1f} s, dead letters: {now.dead}")

    def _dead(self, limit: int) -> None:
        dead = Delivery.objects.exclude(dead_at=None).select_related("event").order_by("dead_at")
        for letter in dead[:limit]:
            self.stdout.write(
                f"{letter.pk}  {letter.event.name} {letter.event_id}  for {letter.subscriber}  "
                f"{letter.attempts} attempts  {letter.last_error}"
            )
