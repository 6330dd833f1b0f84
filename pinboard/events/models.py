"""The outbox: events, and one delivery for each subscriber that has not handled its event yet."""

from django.db import models
from django.db.models.functions import Now

from pinboard.ids.fields import IdField


class Event(models.Model):
    """Something that happened. Written in the transaction that made it happen, never changed."""

    id = IdField(kind=63)
    name = models.CharField(max_length=100, help_text="What happened, such as `pins.PinCreated`.")
    payload = models.JSONField(help_text="The event's fields: ids and flags.")
    request_id = models.CharField(
        max_length=64, blank=True, help_text="The request that caused it."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="event_age")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Delivery(models.Model):
    """An event that one subscriber has still to handle. Success deletes the row."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=100, help_text="The handler, such as `feed.fan_out`.")
    queue = models.CharField(max_length=32, help_text="The Celery queue that it travels on.")
    due_at = models.DateTimeField(db_default=Now(), help_text="When it is sent (again).")
    sends = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Times put on the queue."
    )
    attempts = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="Times the handler failed, or was started after it had been sent before.",
    )
    dead_at = models.DateTimeField(
        null=True, blank=True, help_text="Given up, until it is replayed."
    )
    last_error = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Kind and place of the last failure; never its message, which may hold personal data.",
    )

    class Meta:
        verbose_name_plural = "deliveries"
        permissions = [("replay_delivery", "Can replay a dead letter")]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(dead_at=None)),
            models.Index(
                fields=["dead_at"], name="delivery_dead", condition=~models.Q(dead_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} for {self.subscriber}"
