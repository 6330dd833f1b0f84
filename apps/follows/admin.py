"""Staff pages: follows."""

from django.contrib import admin
from unfold.enums import ActionVariant

from apps.follows import services
from apps.follows.models import BoardFollow, PersonFollow, TopicFollow
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin


@admin.register(PersonFollow)
class PersonFollowAdmin(StaffAdmin):
    """Who follows whom."""

    acts = (
        Act(
            name="end",
            title="End",
            explanation="The one follows the other no more.",
            permission="follows.delete_personfollow",
            perform=services.end_person_follow,
            subject="follow_id",
            icon="person_remove",
            variant=ActionVariant.DANGER,
        ),
    )
    people = ("follower", "person")
    found_by = {"users.User": "follower"}
    list_display = ("follower", "person", "created_at")
    list_select_related = ("follower", "person")
    search_help_text = "@username of either"
    fields = ("follower", "person", "created_at")


@admin.register(BoardFollow)
class BoardFollowAdmin(StaffAdmin):
    """Which boards are followed one by one, or left out of following their owner."""

    acts = (
        Act(
            name="end",
            title="Forget",
            explanation="What the person chose for this board is forgotten; what following its "
            "owner says holds again.",
            permission="follows.delete_boardfollow",
            perform=services.end_board_follow,
            subject="follow_id",
            icon="playlist_remove",
            variant=ActionVariant.DANGER,
        ),
    )
    people = ("follower", "board__owner")
    found_by = {"users.User": "follower", "boards.Board": "board"}
    list_display = ("follower", "board", "is_following", "created_at")
    list_select_related = ("follower", "board")
    list_filter = ("is_following",)
    search_help_text = "@username of follower or owner"
    fields = ("follower", "board", "is_following", "created_at")


@admin.register(TopicFollow)
class TopicFollowAdmin(StaffAdmin):
    """Who follows which topics."""

    acts = (
        Act(
            name="end",
            title="End",
            explanation="The person follows the topic no more.",
            permission="follows.delete_topicfollow",
            perform=services.end_topic_follow,
            subject="follow_id",
            icon="bookmark_remove",
            variant=ActionVariant.DANGER,
        ),
    )
    people = ("follower",)
    words = ("topic__name",)
    found_by = {"users.User": "follower", "topics.Topic": "topic"}
    list_display = ("follower", "topic", "created_at")
    list_select_related = ("follower", "topic")
    search_help_text = "@username of the follower, or words of the topic"
    fields = ("follower", "topic", "created_at")
