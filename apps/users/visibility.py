"""Who may see a person, and whom a person does not want to see."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.users.relations import Block, Mute
from pinboard.visibility import Guard

# So many of a person's blocks or mutes are read at once; beyond, each row's owner is looked up.
_AT_ONCE = 1_000


def blocked_either_way(person: Any, owner: str) -> Q:
    """Rows of whose owner a person sees nothing: one of the two has blocked the other.

    `person`: an id, or an expression without columns. `owner`: the rows' path to their owner's id.
    """
    made, received = (
        Block.objects.filter(blocker_id=person),
        Block.objects.filter(blocked_id=person),
    )
    return _is_among(made, "blocked_id", owner) | _is_among(received, "blocker_id", owner)


def muted(person: Any, owner: str) -> Q:
    """Rows whose owner a person has muted; `person` and `owner` as above."""
    return _is_among(Mute.objects.filter(muter_id=person), "muted_id", owner)


def _is_among(relations: QuerySet[Any], column: str, owner: str) -> Q:
    """Rows whose owner stands in a column of some relations, which know nothing of the row.

    So Postgres reads these once a statement, from an index, into a hash. Somebody may be blocked by
    millions: what does not go into a small hash is looked up for each row.
    """
    few = Q(**{f"{owner}__in": relations.values(column)[:_AT_ONCE]})
    # A range of one: with an equality Postgres may read all of them into a hash again.
    this = {f"{column}__gte": OuterRef(owner), f"{column}__lte": OuterRef(owner)}
    return few | Q(Exists(relations[_AT_ONCE:]), Exists(relations.filter(**this)))


# Suspended people and those about to be deleted exist for themselves only; of two of whom one has
# blocked the other, neither exists for the other.
PERSON = Guard(
    owner="id",
    open={"is_active": True, "deletion_requested_at__isnull": True},
    barred=blocked_either_way,
)

# No id is 0: an export is open to nobody but its owner.
DATA_EXPORT = Guard(owner="user_id", open={"id": 0})
