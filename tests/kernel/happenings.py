"""Events for tests, and handlers whose effect is a line in the audit log."""

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from pinboard.audit.models import record
from pinboard.events.registry import react, subscribe, subscribe_together

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rang:
    """A bell rang."""

    number: int


@dataclass(frozen=True)
class Broke:
    """Something whose handler fails, for as long as `Mood.broken`."""

    number: int


@dataclass(frozen=True)
class Slept:
    """Something whose handler takes its time, unless `path` exists already."""

    number: int
    path: str


@dataclass(frozen=True)
class Varied:
    """All kinds of values, and nobody who listens."""

    ids: tuple[int, ...]
    day: date
    text: str | None


@dataclass(frozen=True)
class Knocked:
    """Something that is answered at once, or not at all where the number is negative."""

    number: int


@dataclass(frozen=True)
class Flocked:
    """Something of which many are handled together; a negative one spoils it for all."""

    number: int


class Mood:
    broken = True


@subscribe(Rang)
def write_down(event: Rang) -> None:
    log.info("kernel.rang", number=event.number)
    record(actor_id=1, action="rang", subject_id=event.number, reason="heard")


@react(Knocked)
def answer(event: Knocked) -> None:
    record(actor_id=1, action="knocked", subject_id=abs(event.number), reason="heard")
    if event.number < 0:
        raise ValueError("nobody is in")


@subscribe(Broke)
def try_to(event: Broke) -> None:
    record(actor_id=1, action="broke", subject_id=event.number, reason="heard")
    if Mood.broken:
        raise ValueError("ada@example.com is not what this expects")


@subscribe(Slept)
def sleep_over(event: Slept) -> None:
    record(actor_id=1, action="slept", subject_id=event.number, reason="heard")
    if not Path(event.path).exists():
        Path(event.path).touch()
        time.sleep(60)


@subscribe_together(Flocked, most=3)
def count_together(events: list[Flocked]) -> None:
    for event in events:
        record(actor_id=len(events), action="flocked", subject_id=event.number, reason="heard")
    if any(event.number < 0 for event in events):
        raise ValueError("this one can't be counted")
