"""The outbox in tests: real rows, real handlers, without the broker between."""

from pinboard.events import outbox
from pinboard.events.models import Delivery, Event
from pinboard.events.registry import decode, event_name


class Outbox:
    """What a test does with events."""

    def drain(self) -> int:
        """Deliver until nothing waits, also what handlers publish; how many deliveries there were.

        A delivery that fails fails the test.
        """
        count = 0
        while ids := list(
            Delivery.objects.filter(dead_at=None).order_by("pk").values_list("pk", flat=True)
        ):
            for delivery_id in ids:
                assert outbox.deliver(delivery_id), Delivery.objects.get(pk=delivery_id).last_error
            count += len(ids)
        return count

    def published(self, event: type) -> list:
        """All events of a type, in order."""
        rows = Event.objects.filter(name=event_name(event)).order_by("pk")
        return decode(event, [row.payload for row in rows])
