"""Who may see a board, and what is on it."""

from apps.users.visibility import PERSON
from pinboard.visibility import Guard

_OWNER = PERSON.through("owner", owner="owner_id")

BOARD = Guard(
    owner="owner_id",
    open={"is_secret": False, **_OWNER.open},
    always={"deleted_at__isnull": True},
)
