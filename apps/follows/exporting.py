"""The follows' part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.follows.models import BoardFollow, PersonFollow, TopicFollow
from apps.users.exporting import register_export


@register_export("followed_people")
def followed_people(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Whom the person follows."""
    for follow in PersonFollow.objects.filter(follower_id=user_id).order_by("id").iterator(500):
        yield {"person_id": str(follow.person_id), "since": follow.created_at}


@register_export("board_choices")
def board_choices(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Which boards the person chose to follow, or to leave out."""
    for choice in BoardFollow.objects.filter(follower_id=user_id).order_by("id").iterator(500):
        yield {
            "board_id": str(choice.board_id),
            "is_following": choice.is_following,
            "since": choice.created_at,
        }


@register_export("followed_topics")
def followed_topics(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Which topics the person follows."""
    mine = TopicFollow.objects.filter(follower_id=user_id).order_by("id").select_related("topic")
    for follow in mine:
        yield {
            "topic_id": str(follow.topic_id),
            "topic": follow.topic.name,
            "since": follow.created_at,
        }
