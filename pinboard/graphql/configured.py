"""Settings that every request reads, at hand: to look one up in Django's own object runs Python code each time."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.signals import setting_changed


class Configured(NamedTuple):
    """`config/settings.py` says what each is."""

    secure_ssl_redirect: bool
    multipart_max_bytes: int
    persisted_documents: str
    persisted_documents_file: Path | None
    max_points_a_request: int
    rate_limit_points: int
    rate_limit_refill: int
    slow_operation_ms: int


@lru_cache(maxsize=1)
def configured() -> Configured:
    """The settings, as they are until a test changes one."""
    return Configured(*[getattr(settings, name.upper()) for name in Configured._fields])


setting_changed.connect(lambda **_: configured.cache_clear(), weak=False)
