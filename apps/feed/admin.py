"""Staff pages: feeds."""

from django.contrib import admin
from unfold.enums import ActionVariant

from apps.feed import services
from apps.feed.models import HiddenPin, LargeAuthor, SeenFewer
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin


@admin.register(LargeAuthor)
class LargeAuthorAdmin(StaffAdmin):
    """Whose pins are merged on read instead of pushed. Their pins decide it, nobody by hand."""

    people = ("person",)
    found_by = {"users.User": "person"}
    list_display = ("person", "since")
    list_select_related = ("person",)
    search_help_text = "@username"
    fields = ("person", "since")


@admin.register(HiddenPin)
class HiddenPinAdmin(StaffAdmin):
    """Which pins people have hidden from their feeds."""

    acts = (
        Act(
            name="end",
            title="Show again",
            explanation="The person's feeds show the pin again, and all copies of it.",
            permission="feed.delete_hiddenpin",
            perform=services.end_hiding,
            subject="hidden_id",
            icon="visibility",
            variant=ActionVariant.DANGER,
        ),
    )
    people = ("person",)
    found_by = {"users.User": "person", "pins.Pin": "pin_id"}
    list_display = ("person", "pin_id", "created_at")
    list_select_related = ("person",)
    search_help_text = "@username"
    fields = ("person", "pin_id", "line_id", "picture_id", "created_at")


@admin.register(SeenFewer)
class SeenFewerAdmin(StaffAdmin):
    """Of whom, of which boards and about which topics people want to see fewer pins."""

    acts = (
        Act(
            name="end",
            title="Undo",
            explanation="The person's home feed shows as much of it as before.",
            permission="feed.delete_seenfewer",
            perform=services.end_seeing_fewer,
            subject="fewer_id",
            icon="undo",
            variant=ActionVariant.DANGER,
        ),
    )
    people = ("person",)
    found_by = {
        "users.User": "person",
        "boards.Board": "subject_id",
        "topics.Topic": "subject_id",
    }
    list_display = ("person", "subject_id", "created_at")
    list_select_related = ("person",)
    search_help_text = "@username"
    fields = ("person", "subject_id", "created_at")
