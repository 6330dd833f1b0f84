"""Staff pages: topics."""

from typing import Any

from django.contrib import admin
from unfold.enums import ActionVariant

from apps.topics import services
from apps.topics.models import Topic
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin


@admin.register(Topic)
class TopicAdmin(StaffAdmin):
    """The taxonomy, those out of use too."""

    acts = (
        Act(
            name="switch_off",
            title="Switch off",
            explanation="Nobody sees the topic, nor those below it. Who follows it follows it "
            "again when it is switched on.",
            permission="topics.change_topic",
            perform=services.switch_off_topic,
            subject="topic_id",
            icon="visibility_off",
            variant=ActionVariant.DANGER,
            applies=lambda topic: topic.is_active,
        ),
        Act(
            name="switch_on",
            title="Switch on",
            explanation="The topic is seen as before; those below it stay as they are.",
            permission="topics.change_topic",
            perform=services.switch_on_topic,
            subject="topic_id",
            icon="visibility",
            variant=ActionVariant.SUCCESS,
            applies=lambda topic: not topic.is_active,
        ),
    )
    correctable = ("name", "words")
    words = ("name", "slug")
    found_by = {"topics.Topic": "parent"}
    ordering = ("slug",)
    list_display = ("name", "parent", "level", "is_active")
    list_select_related = ("parent",)
    list_filter = ("level", "is_active")
    search_help_text = "Id, or words of the name"
    fields = ("id", "slug", "parent", "level", "position", "is_active", "name", "words")

    def correct(self, *, actor_id: int, subject_id: int, reason: str, **changes: Any) -> None:
        services.correct_topic(actor_id=actor_id, topic_id=subject_id, reason=reason, **changes)
