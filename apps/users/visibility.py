"""Who may see a person."""

from typing import Any

from django.db.models import QuerySet

from apps.users.relations import Block
from pinboard.visibility import Guard


def blocked_either_way(person: Any) -> "QuerySet[Any, Any]":
    """The ids of whom a person has blocked and of who has blocked them.

    `person`: an id, or an expression without columns. Each half is read from an index.
    """
    blocked = Block.objects.filter(blocker_id=person).values("blocked_id")
    return blocked.union(Block.objects.filter(blocked_id=person).values("blocker_id"), all=True)


# Suspended people and those about to be deleted exist for themselves only; of two of whom one has
# blocked the other, neither exists for the other.
PERSON = Guard(
    owner="id",
    open={"is_active": True, "deletion_requested_at__isnull": True},
    barred=blocked_either_way,
)

# No id is 0: an export is open to nobody but its owner.
DATA_EXPORT = Guard(owner="user_id", open={"id": 0})
