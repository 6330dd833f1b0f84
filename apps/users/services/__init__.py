"""Writes: accounts and profiles. Each module is one side of it."""

from apps.users.services.accounts import (
    change_username,
    create_person,
    create_staff,
    locked_person,
    update_profile,
)
from apps.users.services.deletion import (
    cancel_account_deletion,
    delete_erased_accounts,
    erase_due_accounts,
    erase_person,
    request_account_deletion,
)
from apps.users.services.exports import (
    build_data_export,
    prune_data_exports,
    request_data_export,
)
from apps.users.services.relations import (
    block_person,
    hold_pair,
    mute_person,
    unblock_person,
    unmute_person,
)
from apps.users.services.staffing import appoint, correct_person
from apps.users.services.suspension import restore_person, suspend_person

__all__ = [
    "appoint",
    "block_person",
    "build_data_export",
    "cancel_account_deletion",
    "change_username",
    "correct_person",
    "create_person",
    "create_staff",
    "delete_erased_accounts",
    "erase_due_accounts",
    "erase_person",
    "hold_pair",
    "locked_person",
    "mute_person",
    "prune_data_exports",
    "request_account_deletion",
    "request_data_export",
    "restore_person",
    "suspend_person",
    "unblock_person",
    "unmute_person",
    "update_profile",
]
