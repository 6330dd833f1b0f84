"""Raising and reading counters."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, OuterRef, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

from pinboard.counters.models import Counter
from pinboard.postgres.statements import Rows, Statement
from pinboard.sql import Later, array, rows

SLOTS = 16

_BUMP = """
INSERT INTO counters_counter (subject_id, name, slot, value)
SELECT delta.subject_id, %s, %s, delta.value
FROM unnest(%s::bigint[], %s::bigint[]) AS delta(subject_id, value)
ORDER BY delta.subject_id
ON CONFLICT (subject_id, name, slot) DO UPDATE SET value = counters_counter.value + excluded.value
"""

_TOTALS = """
SELECT subject_id, sum(value)::bigint FROM counters_counter
WHERE subject_id = ANY(%s) AND name = %s GROUP BY subject_id
"""


# Subjects of which somebody else is changing a counter are left out.
_HOLD = """
WITH held AS MATERIALIZED (
    SELECT subject_id, name, slot FROM counters_counter
    WHERE subject_id = ANY(%s) FOR UPDATE SKIP LOCKED
)
SELECT subject_id, name, slot FROM held
WHERE (SELECT count(*) FROM held AS one WHERE one.subject_id = held.subject_id)
    = (SELECT count(*) FROM counters_counter AS one WHERE one.subject_id = held.subject_id)
"""

_FORGET_HELD = """
DELETE FROM counters_counter AS counter
USING unnest(%s::bigint[], %s::text[], %s::smallint[]) AS held(subject_id, name, slot)
WHERE counter.subject_id = held.subject_id AND counter.name = held.name AND counter.slot = held.slot
"""


class Held(NamedTuple):
    """A part of a counter that nobody else changes until the transaction ends."""

    subject: int
    name: str
    slot: int


def bump(name: str, deltas: Mapping[int, int]) -> None:
    """Add to the counter `name` of each subject, in the current transaction. One statement.

    Subjects are taken in one order and in one slot, so that two bulk writes cannot deadlock.
    """
    changes = {subject: value for subject, value in deltas.items() if value}
    if not changes:
        return
    slot = random.randrange(SLOTS)  # noqa: S311 - spreads writers, guards nothing
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [name, slot, list(changes), list(changes.values())])


def totals(name: str, subjects: Sequence[int]) -> Later[list[int]]:
    """The counts of `subjects`, in order, with one statement."""
    if not subjects:
        return Later.known([])

    def in_order(rows: Rows) -> list[int]:
        found: dict[int, int] = dict(rows)
        return [found.get(subject, 0) for subject in subjects]

    return Later(Statement(_TOTALS, [array(set(subjects)), name]), in_order)


def total_of(name: str, subject: str) -> Combinable:
    """The count of each row's subject, which stands in its column `subject`, for a queryset."""
    slots = Counter.objects.filter(subject_id=OuterRef(subject), name=name).values("subject_id")
    total = Cast(Sum("value"), BigIntegerField())
    return Coalesce(Subquery(slots.annotate(total=total).values("total")), 0)


def forget(subjects: Sequence[int]) -> None:
    """Delete all counters of subjects that are gone."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM counters_counter WHERE subject_id = ANY(%s)", [list(subjects)])


def hold(subjects: Iterable[int]) -> list[Held]:
    """All counters of those subjects of which nobody is changing one now. Nobody is waited for."""
    wanted = list(subjects)
    return [Held(*row) for row in rows(_HOLD, [wanted])] if wanted else []


def forget_held(held: Sequence[Held]) -> None:
    """Delete counters that are held, and not what others have counted since."""
    if held:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET_HELD, list(map(list, zip(*held, strict=True))))
