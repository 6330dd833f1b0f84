"""Pins: a picture of an idea on a board."""

from django.db import models
from django.db.models import Case, When

from apps.pins.visibility import PIN
from pinboard.ids.fields import IdField
from pinboard.links import WebAddressField


class PinQuerySet(models.QuerySet["Pin"]):
    """What is asked of pins in several places."""

    def wrongly_listed(self) -> "PinQuerySet":
        """Pins whose `is_listed` is not what everybody sees."""
        is_open = Case(When(PIN.public(), then=True), default=False)
        return self.exclude(is_listed=is_open)


class Pin(models.Model):
    """A pin. A save is a pin too, one that remembers what it was saved from."""

    id = IdField(kind=5)
    owner = models.ForeignKey(
        "users.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    board = models.ForeignKey(
        "boards.Board", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    section = models.ForeignKey(
        "boards.Section",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    picture = models.ForeignKey("media.Picture", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(
        max_length=100, blank=True, help_text="The pin's title, up to 100 characters."
    )
    description = models.CharField(
        max_length=800, blank=True, help_text="What the pin shows or tells, up to 800 characters."
    )
    alt_text = models.CharField(
        max_length=500, blank=True, help_text="The picture in words, for those who do not see it."
    )
    link = WebAddressField(
        max_length=2_048,
        blank=True,
        help_text="Where the idea comes from, an http or https address.",
    )
    note = models.CharField(
        max_length=1_000, blank=True, help_text="The owner's own note, which nobody else sees."
    )
    # Plain numbers: a popular pin can be deleted without touching, or waiting for, its saves.
    saved_from_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="The pin that this one was saved from, also when it is gone; null for a first pin.",
    )
    root_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="The first pin of the line of saves, also when it is gone; null for a first pin.",
    )
    is_listed = models.BooleanField(
        default=False,
        help_text="Whether it is counted as one that everybody sees: on a public board of an active "
        "person, not hidden, its picture ready. Kept by events; `visibility` is what decides.",
    )
    hidden_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when staff hide it from others."
    )

    objects = PinQuerySet.as_manager()
    guard = PIN

    class Meta:
        indexes = [
            models.Index(fields=["board", "-id"], name="pin_board_newest"),
            models.Index(fields=["section", "-id"], name="pin_section_newest"),
            models.Index(fields=["owner", "-id"], name="pin_owner_newest"),
            models.Index(fields=["owner", "root_id"], name="pin_owner_saves"),
            models.Index(fields=["root_id", "-id"], name="pin_saves"),
        ]
        permissions = [("hide_pin", "Can hide and restore a pin")]

    def __str__(self) -> str:
        return self.title or f"pin {self.pk}"


class PinTopic(models.Model):
    """That a pin is about a topic, by its texts and its board's. Kept by events."""

    # The pins of a topic, newest first, are read backwards from this key.
    pk = models.CompositePrimaryKey("topic_id", "pin_id")
    # The index below has it.
    pin = models.ForeignKey(Pin, on_delete=models.CASCADE, related_name="tags", db_index=False)
    # Topics are never deleted. A check would have all new pins lock the rows of a few popular ones.
    topic = models.ForeignKey(
        "topics.Topic",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    score = models.PositiveSmallIntegerField(help_text="What the words that match count, in all.")
    is_implied = models.BooleanField(
        help_text="Whether only a topic below this one matches, for whose sake it is listed here."
    )

    class Meta:
        indexes = [models.Index(fields=["pin", "topic"], name="pin_topics")]

    def __str__(self) -> str:
        return f"{self.pin_id} is about {self.topic_id}"


class Cover(models.Model):
    """The pin that its owner chose to stand for a board. It counts while it is on that board."""

    board = models.OneToOneField(
        "boards.Board", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    pin = models.OneToOneField(Pin, on_delete=models.CASCADE, related_name="cover")

    def __str__(self) -> str:
        return f"cover of {self.board_id}"
