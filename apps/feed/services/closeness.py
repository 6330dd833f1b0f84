"""How close people are to authors, by what they did with their pins."""

from collections.abc import Mapping

from django.db import connection, transaction

from apps.pins.selectors import owner_of_pin
from apps.users.selectors import hold_people

# In one order, so that writers cannot deadlock.
_ADD = """
INSERT INTO feed_closeness AS known (person_id, author_id, saves, opens)
SELECT person, author, saves, opens
FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[]) AS more(person, author, saves, opens)
ORDER BY person, author
ON CONFLICT (person_id, author_id) DO UPDATE SET
    saves = known.saves + excluded.saves, opens = known.opens + excluded.opens, updated_at = now()
"""

Pair = tuple[int, int]


@transaction.atomic
def count_save(*, person_id: int, pin_id: int) -> None:
    """Count that a person saved from a pin: nearer to its author. Three statements."""
    author_id = owner_of_pin(pin_id)
    if author_id is None or author_id == person_id:
        return
    if hold_people([person_id, author_id]) == {person_id, author_id}:
        add({(person_id, author_id): 1}, {})


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
