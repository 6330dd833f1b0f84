"""Addresses of pages elsewhere, as people give them."""

from django.core.validators import URLValidator
from django.db import models


class WebAddressField(models.URLField):  # type: ignore[type-arg]
    """An http or https address, and no other."""

    default_validators = [
        URLValidator(
            ["http", "https"],
            message="Write an http or https address, such as https://example.com.",
        )
    ]
