"""The feeds, which a person has for themselves alone."""

from apps.feed.graphql import feedback as feedback
from apps.feed.graphql.entries import FeedConnection
from apps.feed.selectors import following_feed, home_feed
from apps.users.graphql.types import UserType
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.types import extend

_OWN = "A feed is its owner's alone. Ask for `viewer`."

extend(
    UserType,
    home_feed=ConnectionField(
        FeedConnection,
        home_feed,
        own=_OWN,
        description="The viewer's own: what they may like best of what they follow, and of what is "
        "popular. A first page is a new ranking; its cursors lead through that one, for an hour "
        "since the last page.",
    ),
    following_feed=ConnectionField(
        FeedConnection,
        following_feed,
        own=_OWN,
        description="The viewer's own: pins of people and boards that they follow, newest first.",
    ),
)
