"""What of feeds has to outlast Valkey."""

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
