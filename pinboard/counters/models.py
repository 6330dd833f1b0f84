"""The counters' one table."""

from django.db import models


class Counter(models.Model):
    """A part of one counter."""

    pk = models.CompositePrimaryKey("subject_id", "name", "slot")
    subject_id = models.BigIntegerField(help_text="The id of what is counted for.")
    name = models.CharField(max_length=40, help_text="What is counted, such as `pins.saves`.")
    slot = models.PositiveSmallIntegerField(help_text="Which part of the sum this is.")
    value = models.BigIntegerField(help_text="This part; the count is the sum of all.")

    def __str__(self) -> str:
        return f"{self.name} of {self.subject_id}, slot {self.slot}"
