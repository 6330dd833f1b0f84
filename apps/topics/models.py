"""Topics: what pins are about. A tree of three levels, the taxonomy, kept by staff."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinLengthValidator
from django.db import models

from apps.topics.visibility import TOPIC
from pinboard.ids.fields import IdField

MAX_WORDS = 50
LEVELS = 3


class Topic(models.Model):
    """A topic. It is never deleted, as people follow it; it is switched off."""

    id = IdField(kind=7)
    slug = models.SlugField(
        max_length=60, unique=True, help_text="The topic's name in its address; it never changes."
    )
    name = models.CharField(
        max_length=60,
        validators=[MinLengthValidator(1)],
        help_text="The topic's name, 1 to 60 characters.",
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        db_index=False,
    )
    level = models.PositiveSmallIntegerField(
        help_text=f"How deep it is in the tree: 1 at the top, {LEVELS} at most."
    )
    position = models.PositiveSmallIntegerField(help_text="Its place beside its neighbours.")
    words = ArrayField(
        models.CharField(max_length=60),
        size=MAX_WORDS,
        blank=True,
        default=list,
        help_text=f"Words and phrases that speak for it, up to {MAX_WORDS}.",
    )
    is_active = models.BooleanField(
        default=True, help_text="Whether it is in use; otherwise it exists for nobody but staff."
    )
    corrected = ArrayField(
        models.CharField(max_length=20),
        blank=True,
        default=list,
        help_text="The columns that staff changed, which editions of the taxonomy leave alone.",
    )

    guard = TOPIC

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=1, parent=None)
                | models.Q(level__range=(2, LEVELS), parent__isnull=False),
                name="topic_level_by_parent",
            )
        ]
        indexes = [models.Index(fields=["parent", "position", "id"], name="topic_order")]

    def __str__(self) -> str:
        return self.name


class Taxonomy(models.Model):
    """The taxonomy as a whole: one row, which whoever changes a topic holds, and stamps anew."""

    stamp = models.UUIDField(
        default=uuid.uuid4, help_text="Another one after every change: what was compiled is stale."
    )

    def __str__(self) -> str:
        return str(self.stamp)
