"""What follows add to people, boards and topics."""

import graphene

from apps.boards.graphql.types import BoardConnection, BoardType
from apps.follows import selectors
from apps.topics.graphql.types import TopicType
from apps.users.graphql.types import UserConnection, UserType
from pinboard.graphql.batch import batch
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.connections import connection
from pinboard.graphql.types import extend

TopicConnection = connection(TopicType)


def _follower_count(people, info):
    return selectors.follower_counts([person.id for person in people])


def _following_count(people, info):
    return selectors.following_counts([person.id for person in people])


def _is_followed(people, info):
    ids = [person.id for person in people]
    followed = selectors.followed_among(info.context.viewer_id, ids)
    return [one in followed for one in ids]


def _is_following(people, info):
    ids = [person.id for person in people]
    followers = selectors.followers_among(info.context.viewer_id, ids)
    return [one in followers for one in ids]


def _is_mutual(people, info):
    follows = zip(_is_followed(people, info), _is_following(people, info), strict=True)
    return [one and other for one, other in follows]


def _is_board_followed(boards, info):
    return selectors.boards_followed_among(info.context.viewer_id, boards)


def _topic_follower_count(topics, info):
    return selectors.topic_follower_counts([topic.id for topic in topics])


def _is_topic_followed(topics, info):
    ids = [topic.id for topic in topics]
    followed = selectors.topics_followed_among(info.context.viewer_id, ids)
    return [one in followed for one in ids]


extend(
    UserType,
    followers=ConnectionField(
        UserConnection, selectors.followers_of, description="Who follows the person, newest first."
    ),
    following=ConnectionField(
        UserConnection, selectors.following_of, description="Whom the person follows, newest first."
    ),
    followed_boards=ConnectionField(
        BoardConnection,
        selectors.followed_boards_of,
        description="Boards that the person chose to follow, beside those of people they follow.",
    ),
    followed_topics=ConnectionField(
        TopicConnection,
        selectors.followed_topics_of,
        own="What topics a person follows is theirs to know. Ask for `viewer`.",
        description="The viewer's own: the topics that they follow, newest first.",
    ),
    follower_count=graphene.Int(
        required=True,
        description="How many people follow the person, suspended ones included.",
        resolver=batch(_follower_count),
    ),
    following_count=graphene.Int(
        required=True,
        description="How many people the person follows, suspended ones included.",
        resolver=batch(_following_count),
    ),
    is_followed_by_viewer=graphene.Boolean(
        required=True,
        description="Whether the viewer follows the person.",
        resolver=batch(_is_followed),
    ),
    is_following_viewer=graphene.Boolean(
        required=True,
        description="Whether the person follows the viewer.",
        resolver=batch(_is_following),
    ),
    is_mutual=graphene.Boolean(
        required=True,
        description="Whether the viewer and the person follow each other.",
        resolver=batch(_is_mutual),
    ),
)
extend(
    BoardType,
    is_followed_by_viewer=graphene.Boolean(
        required=True,
        description="Whether the viewer follows the board, by itself or with its owner.",
        resolver=batch(_is_board_followed),
    ),
)
extend(
    TopicType,
    follower_count=graphene.Int(
        required=True,
        description="How many people follow the topic, suspended ones included.",
        resolver=batch(_topic_follower_count),
    ),
    is_followed_by_viewer=graphene.Boolean(
        required=True,
        description="Whether the viewer follows the topic.",
        resolver=batch(_is_topic_followed),
    ),
)
