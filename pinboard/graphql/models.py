"""Receipts: what makes the retry of a mutation safe."""

from django.db import models
from django.db.models.functions import Now


class MutationReceipt(models.Model):
    """The answer that a mutation gave, kept for a day under its `clientMutationId`."""

    viewer_id = models.BigIntegerField(help_text="Who sent it.")
    client_mutation_id = models.CharField(max_length=100, help_text="The client's own name for it.")
    mutation = models.CharField(max_length=80, help_text="The mutation's name.")
    fingerprint = models.BinaryField(max_length=32, help_text="A hash of the input.")
    answer = models.JSONField(null=True, help_text="What `perform` returned: ids and plain values.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["viewer_id", "client_mutation_id"], name="receipt_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="receipt_age")]

    def __str__(self) -> str:
        return f"{self.mutation} {self.client_mutation_id}"
