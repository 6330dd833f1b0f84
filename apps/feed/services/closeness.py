"""How close people are to authors, by what they did with their pins."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import chain

from django.db import connection, transaction
from django.db.models.functions import Now

from apps.feed.models import Closeness
from apps.pins.selectors import owners_of_pins
from apps.users.selectors import hold_people

# Whoever had nothing to do with an author's pins for so long begins anew.
KEPT_FOR = timedelta(days=365)
_PRUNED_AT_ONCE = 5_000

# In one order, so that writers cannot deadlock. `updated_at`, which has an index, changes once a day at most: what
# changes nothing that stands in an index is written without any.
_ADD = """
INSERT INTO feed_closeness AS known (person_id, author_id, saves, opens)
SELECT person, author, saves, opens
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[]) AS more(person, author, saves, opens)
ORDER BY person, author
ON CONFLICT (person_id, author_id) DO UPDATE SET
    saves = known.saves + excluded.saves, opens = known.opens + excluded.opens,
    updated_at = CASE
        WHEN known.updated_at < now() - interval '1 day' THEN now() ELSE known.updated_at
    END
"""

Pair = tuple[int, int]


@transaction.atomic
def count_saves(*, saves: Collection[tuple[int, int]]) -> None:
    """Count that people saved from pins (who, and which pin): nearer to their authors. Three statements
    at most."""
    authors = owners_of_pins([pin_id for _, pin_id in saves])
    pairs = Counter(
        (person_id, authors[pin_id])
        for person_id, pin_id in saves
        if authors.get(pin_id, person_id) != person_id
    )
    held = hold_people(set(chain.from_iterable(pairs))) if pairs else set()
    add({pair: count for pair, count in pairs.items() if held.issuperset(pair)}, {})


def add(saves: Mapping[Pair, int], opens: Mapping[Pair, int]) -> None:
    """Add to what people, held by the caller, did with authors' pins. One statement, or none."""
    pairs = sorted({*saves, *opens})
    if not pairs:
        return
    columns = [
        [person for person, _ in pairs],
        [author for _, author in pairs],
        [saves.get(pair, 0) for pair in pairs],
        [opens.get(pair, 0) for pair in pairs],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, columns)


def prune_closeness() -> int:
    """Delete what nothing was added to for a year; how many rows."""
    old = Closeness.objects.filter(updated_at__lt=Now() - KEPT_FOR)
    count = 0
    while ids := list(old.values_list("pk", flat=True)[:_PRUNED_AT_ONCE]):
        count += old.filter(pk__in=ids).delete()[0]
    return count
