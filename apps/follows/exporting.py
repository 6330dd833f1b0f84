"""The follows' part of a data export."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.follows.models import BoardFollow, PersonFollow
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
