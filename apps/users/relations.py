"""What people want to have nothing of: who has blocked, and who has muted, whom.

Tables like those of `apps.users.models`. They stand below `visibility`, which asks them, while models
ask `visibility`.
"""

from django.db import models
from django.db.models.functions import Now


class Block(models.Model):
    """A person has blocked another: neither sees the other, or anything of theirs."""

    blocker = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    blocked = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(
                condition=~models.Q(blocker=models.F("blocked")), name="block_not_self"
            ),
        ]
        indexes = [
            models.Index(fields=["blocked", "blocker"], name="block_received"),
            models.Index(fields=["blocker", "-id"], name="block_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} has blocked {self.blocked_id}"


class Mute(models.Model):
    """A person has muted another, whose pins stay out of their feeds."""

    muter = models.ForeignKey(
        "users.User", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    muted = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(
                condition=~models.Q(muter=models.F("muted")), name="mute_not_self"
            ),
        ]
        indexes = [models.Index(fields=["muter", "-id"], name="mute_newest")]

    def __str__(self) -> str:
        return f"{self.muter_id} has muted {self.muted_id}"
