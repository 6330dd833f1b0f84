"""Who may see a person, and whom a person does not want to see."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.users.relations import Block, Mute
from pinboard.visibility import Guard

# So many who have blocked a person are read at once; beyond, each row's owner is looked up.
_AT_ONCE = 1_000


def blocked_either_way(person: Any, owner: str) -> Q:
    """Rows of whose owner a person sees nothing: one of the two has blocked the other.

    `person`: an id, or an expression without columns, so that Postgres reads once a statement, from
    indexes, whom it is about. `owner`: the rows' path to their owner's id.
    """
    made = Block.objects.filter(blocker_id=person).values("blocked_id")
    received = Block.objects.filter(blocked_id=person).values("blocker_id")
    few = made.union(received[:_AT_ONCE], all=True)
    # There is no limit to how many block somebody. A range of one: with an equality Postgres may read
    # them all into a hash again.
    this = received.filter(blocker_id__gte=OuterRef(owner), blocker_id__lte=OuterRef(owner))
    return Q(**{f"{owner}__in": few}) | Q(Exists(received[_AT_ONCE:]), Exists(this))


def muted(person: Any, owner: str) -> Q:
    """Rows whose owner a person has muted; `person` and `owner` as above."""
    return Q(**{f"{owner}__in": Mute.objects.filter(muter_id=person).values("muted_id")})


# Suspended people and those about to be deleted exist for themselves only; of two of whom one has
# blocked the other, neither exists for the other.
PERSON = Guard(
    owner="id",
    open={"is_active": True, "deletion_requested_at__isnull": True},
    barred=blocked_either_way,
)

# No id is 0: an export is open to nobody but its owner.
DATA_EXPORT = Guard(owner="user_id", open={"id": 0})
