"""Who recommends pins: a callable that a deployment names."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

Recommender = Callable[[int, int], Sequence[int]]


def recommender() -> Recommender | None:
    """What `FEED_RECOMMENDER` names, None where it names nothing; `ImproperlyConfigured` where there is
    no such callable."""
    path = settings.FEED_RECOMMENDER
    if not path:
        return None
    try:
        found = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"FEED_RECOMMENDER: {path} cannot be imported.") from error
    if not callable(found):
        raise ImproperlyConfigured(f"FEED_RECOMMENDER: {path} cannot be called.")
    return found
