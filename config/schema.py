"""The schema: every app's part of the roots, in floor order, and what upper floors add to lower types."""

from importlib import import_module
from importlib.util import find_spec

import graphene

from apps.boards.graphql.mutations import BoardsMutation
from apps.boards.graphql.queries import BoardsQuery
from apps.feed.graphql.mutations import FeedMutation
from apps.feed.graphql.subscriptions import FeedSubscription
from apps.follows.graphql.mutations import FollowsMutation
from apps.media.graphql.mutations import MediaMutation
from apps.pins.graphql.mutations import PinsMutation
from apps.pins.graphql.subscriptions import PinsSubscription
from apps.topics.graphql.queries import TopicsQuery
from apps.users.graphql.mutations import UsersMutation
from apps.users.graphql.queries import UsersQuery
from pinboard.graphql.rate_limit import RateLimitQuery
from pinboard.graphql.types import NodeQuery, build_schema

APPS = ("users", "media", "topics", "boards", "pins", "follows", "feed")

for app in APPS:
    if find_spec(f"apps.{app}.graphql.extensions"):
        import_module(f"apps.{app}.graphql.extensions")


class Query(UsersQuery, TopicsQuery, BoardsQuery, NodeQuery, RateLimitQuery, graphene.ObjectType):
    """Everything that can be read."""


class Mutation(
    UsersMutation,
    MediaMutation,
    BoardsMutation,
    PinsMutation,
    FollowsMutation,
    FeedMutation,
    graphene.ObjectType,
):
    """Everything that can be written."""


class Subscription(PinsSubscription, FeedSubscription, graphene.ObjectType):
    """Everything that can be waited for, at `/graphql/stream`."""


schema = build_schema(Query, Mutation, Subscription)
