"""The audit log's table. Ids only: a line outlives what it speaks of."""

from django.db import models
from django.db.models.functions import Now

from pinboard.errors import Invalid, Reason
from pinboard.ids.fields import IdField


class AuditEntry(models.Model):
    """One thing that a member of staff did. Never changed, never deleted."""

    id = IdField(kind=62)
    actor_id = models.BigIntegerField(help_text="The id of the member of staff.")
    action = models.CharField(max_length=60, help_text="What was done, such as `users.suspend`.")
    subject_id = models.BigIntegerField(help_text="The id of what it was done to.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why, in the actor's words.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} of {self.subject_id}"


def record(*, actor_id: int, action: str, subject_id: int, reason: str) -> None:
    """Add a line, in the transaction of what it speaks of. `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid.at("reason", "Say why, for the audit log.", Reason.REQUIRED)
    AuditEntry.objects.create(
        actor_id=actor_id, action=action, subject_id=subject_id, reason=reason[:500]
    )
