"""Writes: timelines looked after, feedback taken. Each module is one side of it."""

from apps.feed.services.audits import Audit, audit_timelines
from apps.feed.services.closeness import count_saves, prune_closeness
from apps.feed.services.feedback import (
    end_hiding,
    end_seeing_fewer,
    forget_person,
    forget_subject,
    hide_pin,
    see_fewer,
    undo_see_fewer,
    unhide_pin,
)
from apps.feed.services.inspection import inspect_feed
from apps.feed.services.intake import prune_seen, take_in_all
from apps.feed.services.reporting import report_activity

__all__ = [
    "Audit",
    "audit_timelines",
    "count_saves",
    "end_hiding",
    "end_seeing_fewer",
    "forget_person",
    "forget_subject",
    "hide_pin",
    "inspect_feed",
    "prune_closeness",
    "prune_seen",
    "report_activity",
    "see_fewer",
    "take_in_all",
    "undo_see_fewer",
    "unhide_pin",
]
