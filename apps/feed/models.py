"""What of feeds has to outlast Valkey."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class LargeAuthor(models.Model):
    """Somebody with so many followers that their pins are merged on read instead of pushed."""

    person = models.OneToOneField(
        "users.User", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.person_id} is a large author"


class HiddenPin(models.Model):
    """A person wants a pin, and all copies of it, out of their feeds.

    Plain numbers: a pin can be deleted without touching, or waiting for, those who have hidden it. Its
    copies stay hidden then.
    """

    person = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    pin_id = models.BigIntegerField(help_text="The pin that was hidden, also when it is gone.")
    line_id = models.BigIntegerField(
        help_text="The first pin of its line of saves: what goes by this line is hidden."
    )
    picture_id = models.BigIntegerField(help_text="The pin's picture.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "line_id"], name="hidden_pin_once")
        ]
        indexes = [models.Index(fields=["person", "-id"], name="hidden_pin_newest")]

    def __str__(self) -> str:
        return f"{self.person_id} has hidden {self.pin_id}"


class SeenFewer(models.Model):
    """A person wants fewer pins of somebody, of a board or about a topic in their home feed."""

    person = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    subject_id = models.BigIntegerField(
        db_index=True, help_text="The person, the board or the topic: its id says which kind it is."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "subject_id"], name="seen_fewer_once")
        ]
        indexes = [models.Index(fields=["person", "-id"], name="seen_fewer_newest")]
        verbose_name_plural = "seen fewer"

    def __str__(self) -> str:
        return f"{self.person_id} wants to see fewer of {self.subject_id}"


class Closeness(models.Model):
    """What a person has had to do with an author's pins."""

    person = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    author = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="+")
    saves = models.PositiveIntegerField(
        default=0, help_text="How often the person has saved pins of the author."
    )
    opens = models.PositiveIntegerField(
        default=0, help_text="How often the person has opened pins of the author."
    )
    updated_at = models.DateTimeField(
        db_default=Now(), db_index=True, help_text="When anything was added last, to the day."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "author"], name="closeness_once")]

    def __str__(self) -> str:
        return f"{self.person_id} to {self.author_id}: {self.saves} saves, {self.opens} opens"


class Seen(models.Model):
    """What a person has seen lately."""

    person = models.OneToOneField(
        "users.User", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    lines = ArrayField(
        models.BigIntegerField(),
        help_text="The first pins of the lines of saves that were seen, the newest 1,000, newest last.",
    )
    updated_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        permissions = [("inspect_feed", "Can inspect a person's feed")]

    def __str__(self) -> str:
        return f"{self.person_id} has seen {len(self.lines)}"


class Intake(models.Model):
    """How far a partition of the stream of activity has been taken in."""

    partition = models.PositiveSmallIntegerField(primary_key=True)
    last_id = models.CharField(
        max_length=41, default="0-0", help_text="The id of the last entry that was taken in."
    )

    def __str__(self) -> str:
        return f"partition {self.partition}: {self.last_id}"
