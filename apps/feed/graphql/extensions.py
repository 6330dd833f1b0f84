"""The feeds, which a person has for themselves alone."""

from apps.feed.graphql import feedback as feedback
from apps.feed.selectors import following_feed
from apps.pins.graphql.types import PinType
from apps.users.graphql.types import UserType
from pinboard.errors import Forbidden
from pinboard.graphql.connections import ConnectionField, connection
from pinboard.graphql.types import extend

FeedConnection = connection(PinType, name="Feed")


def _own_feed(viewer_id, people):
    if [person.id for person in people] != [viewer_id]:
        raise Forbidden("A feed is its owner's alone. Ask for `viewer`.")
    return following_feed(viewer_id)


extend(
    UserType,
    home_feed=ConnectionField(
        FeedConnection,
        _own_feed,
        of_parents=True,
        description="The viewer's own: what those whom they follow have pinned, newest first.",
    ),
    following_feed=ConnectionField(
        FeedConnection,
        _own_feed,
        of_parents=True,
        description="The viewer's own: pins of people and boards that they follow, newest first.",
    ),
)
