"""Pictures: one row for each content, whoever uploaded it."""

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from apps.media.imaging.refusals import RefusalReason
from pinboard.ids.fields import IdField

# How long a picture may wait to be used before it is deleted.
UNUSED_FOR = timedelta(days=1)


class PictureState(models.TextChoices):
    """How far a picture has come."""

    PROCESSING = "PROCESSING", "Uploaded; a worker will make its sizes."
    READY = "READY", "All sizes are there."
    BROKEN = "BROKEN", "It can't be used; `reason` says why."


class Picture(models.Model):
    """A picture's content. The same bytes are stored once."""

    id = IdField(kind=2)
    sha256 = models.BinaryField(max_length=32, unique=True, help_text="Hash of the uploaded bytes.")
    key = models.UUIDField(
        default=uuid4,
        editable=False,
        help_text="The name of its folder in storage: random, so that no address can be guessed.",
    )
    state = models.CharField(
        max_length=12,
        choices=PictureState.choices,
        default=PictureState.PROCESSING,
        help_text="How far the picture has come.",
    )
    reason = models.CharField(
        max_length=40,
        blank=True,
        choices=[(reason.value, reason.value) for reason in RefusalReason],
        help_text="Why it is broken; empty otherwise.",
    )
    mime = models.CharField(max_length=20, blank=True, help_text="What was uploaded: `image/jpeg`.")
    byte_size = models.PositiveIntegerField(default=0, help_text="Size of what was uploaded.")
    width = models.PositiveIntegerField(
        default=0, help_text="Width of what was uploaded, in pixels, the right way up."
    )
    height = models.PositiveIntegerField(
        default=0, help_text="Height of what was uploaded, in pixels, the right way up."
    )
    is_animated = models.BooleanField(
        default=False, help_text="Whether it has several frames; only the first one is shown."
    )
    dominant_color = models.CharField(
        max_length=7, blank=True, help_text="Its most frequent colour, such as `#a1b2c3`."
    )
    thumbhash = models.CharField(
        max_length=40, blank=True, help_text="A blurred placeholder: ThumbHash in base64."
    )
    phash = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="64-bit perceptual hash as a signed number: alike pictures differ in few bits.",
    )
    check_at = models.DateTimeField(
        null=True,
        blank=True,
        db_default=Now() + UNUSED_FOR,
        help_text="When to see whether anything still uses it; null while something is known to.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["check_at"],
                name="picture_checks",
                condition=models.Q(check_at__isnull=False),
            ),
            models.Index(
                fields=["check_at"],
                name="picture_waiting",
                condition=models.Q(state="PROCESSING"),
            ),
        ]

    def __str__(self) -> str:
        return f"picture {self.pk}"


class PictureUpload(models.Model):
    """That a person uploaded these bytes, and so may make pins of them."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="uploads")
    owner = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "picture"], name="picture_upload_once")
        ]

    def __str__(self) -> str:
        return f"{self.picture_id} by {self.owner_id}"


class Avatar(models.Model):
    """The picture beside a person's name."""

    user = models.OneToOneField(
        "users.User", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"avatar of {self.user_id}"
