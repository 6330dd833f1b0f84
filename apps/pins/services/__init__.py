"""Writes: pins. Each module is one side of it."""

from apps.pins.services.own import (
    create_pin,
    delete_pin,
    delete_pins,
    move_pins,
    save_pin,
    set_cover,
    update_pin,
)
from apps.pins.services.staff import correct_pin, hide_pin, remove_pin, restore_pin
from apps.pins.services.tagging import tag_pins, tag_some, tag_some_of_board
from apps.pins.services.upkeep import delete_some_of_board, leave_section, list_some

__all__ = [
    "correct_pin",
    "create_pin",
    "delete_pin",
    "delete_pins",
    "delete_some_of_board",
    "hide_pin",
    "leave_section",
    "list_some",
    "move_pins",
    "remove_pin",
    "restore_pin",
    "save_pin",
    "set_cover",
    "tag_pins",
    "tag_some",
    "tag_some_of_board",
    "update_pin",
]
