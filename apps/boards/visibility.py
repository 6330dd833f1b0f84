"""Who may see a board, and what is on it."""

from apps.users.visibility import PERSON

BOARD = PERSON.through(
    "owner", owner="owner_id", open={"is_secret": False}, always={"deleted_at__isnull": True}
)
