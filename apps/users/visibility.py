"""Who may see a person."""

from pinboard.visibility import Guard

# Suspended people and those about to be deleted exist for themselves only.
PERSON = Guard(owner="id", open={"is_active": True})
