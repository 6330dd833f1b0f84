"""Writes: accounts and profiles. Each module is one side of it."""

from apps.users.services.accounts import change_username, create_person, update_profile
from apps.users.services.suspension import restore_person, suspend_person

__all__ = [
    "change_username",
    "create_person",
    "restore_person",
    "suspend_person",
    "update_profile",
]
