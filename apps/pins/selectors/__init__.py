"""Reads: pins as a viewer may see them. Each module is one side of it."""

from apps.pins.selectors.pins import (
    NEWEST,
    OLDEST,
    PINS,
    PinFilter,
    PinRecord,
    cover_pictures,
    load_pins,
    newest_across,
    pin_counts,
    pins_of_board,
    pins_of_person,
    pins_of_section,
    save_counts,
    saved_lines,
    saves_of_pin,
    visible,
)
from apps.pins.selectors.topics import newest_of_topics, pins_of_topic, topics_of_pins

__all__ = [
    "NEWEST",
    "OLDEST",
    "PINS",
    "PinFilter",
    "PinRecord",
    "cover_pictures",
    "load_pins",
    "newest_across",
    "newest_of_topics",
    "pin_counts",
    "pins_of_board",
    "pins_of_person",
    "pins_of_section",
    "pins_of_topic",
    "save_counts",
    "saved_lines",
    "saves_of_pin",
    "topics_of_pins",
    "visible",
]
