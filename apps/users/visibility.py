"""Who may see a person."""

from pinboard.visibility import Guard

# Suspended people and those about to be deleted exist for themselves only.
PERSON = Guard(owner="id", open={"is_active": True, "deletion_requested_at__isnull": True})

# No id is 0: an export is open to nobody but its owner.
DATA_EXPORT = Guard(owner="user_id", open={"id": 0})
