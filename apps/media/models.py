"""Pictures: one row for each content, whoever uploaded it."""

from django.db import models
from django.db.models.functions import Now

from pinboard.ids.fields import IdField


class PictureState(models.TextChoices):
    """How far a picture has come."""

    PROCESSING = "PROCESSING", "Uploaded; a worker will make its sizes."
    READY = "READY", "All sizes are there."
    BROKEN = "BROKEN", "It can't be used; `reason` says why."


class Picture(models.Model):
    """A picture's content. The same bytes are stored once."""

    id = IdField(kind=2)
    sha256 = models.BinaryField(max_length=32, unique=True, help_text="Hash of the uploaded bytes.")
    state = models.CharField(
        max_length=12,
        choices=PictureState.choices,
        default=PictureState.PROCESSING,
        help_text="How far the picture has come.",
    )
    reason = models.CharField(
        max_length=40, blank=True, help_text="Why it is broken; empty otherwise."
    )
    width = models.PositiveIntegerField(
        default=0, help_text="Width in pixels, orientation applied."
    )
    height = models.PositiveIntegerField(
        default=0, help_text="Height in pixels, orientation applied."
    )
    dominant_color = models.CharField(max_length=7, blank=True, help_text="Such as `#a1b2c3`.")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"picture {self.pk}"


class PictureUpload(models.Model):
    """That a person uploaded these bytes, and so may make pins of them."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="uploads")
    owner = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="+")
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
