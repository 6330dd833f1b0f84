"""Looking: reads for somebody else, who should find the cache as they have left it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_looking: ContextVar[bool] = ContextVar("looking", default=False)


@contextmanager
def only_looking() -> Iterator[None]:
    """Keep nothing in Valkey within the block: what is missing there is computed, and let go again.

    Values are not put, scripts are not run (they give None), and nobody waits for a turn.
    """
    token = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(token)


def is_looking() -> bool:
    """Whether nothing is to be kept."""
    return _looking.get()
