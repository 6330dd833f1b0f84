"""Staff pages: feeds."""

from django.contrib import admin

from apps.feed.models import LargeAuthor
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
