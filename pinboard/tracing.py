"""Spans by OpenTelemetry: what a request spent its time on.

Off unless a deployment names where to send them; then nothing of it is paid for, and what sends them
(`pinboard.spans`) is not loaded.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import StatusCode

_tracer = trace.get_tracer("pinboard")
_NOTHING = nullcontext()


@dataclass
class _State:
    is_on: bool = False


_state = _State()


def collect(provider: trace.TracerProvider) -> None:
    """Collect spans from now on, by `provider`."""
    trace.set_tracer_provider(provider)
    _state.is_on = True


def stop() -> None:
    """Collect none any more."""
    _state.is_on = False


def is_on() -> bool:
    """Whether spans are collected."""
    return _state.is_on


def start(name: str, **attributes: str | int) -> trace.Span:
    """A span that its caller ends."""
    return _tracer.start_span(name, attributes=attributes)


def describe(**attributes: str | int) -> None:
    """Say more of the span that goes on."""
    trace.get_current_span().set_attributes(attributes)


def span(name: str, **attributes: str | int) -> AbstractContextManager[object]:
    """A span around a block. Attributes hold no personal data."""
    if not _state.is_on:
        return _NOTHING
    return _collected(name, attributes)


@contextmanager
def _collected(name: str, attributes: dict[str, str | int]) -> Iterator[None]:
    """Of an exception a span tells the kind. Its text stays out: it may hold personal data."""
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_status(StatusCode.ERROR, type(error).__name__)
            raise
