"""The follows' part of the mutation root. Doing any of it twice is no error."""

import graphene

from apps.boards.graphql.types import BoardType
from apps.follows import services
from apps.topics.graphql.types import TopicType
from apps.users.graphql.types import UserType
from pinboard.graphql.mutations import Mutation, payload


class FollowUser(Mutation):
    """Follow a person: all of their public boards, those to come too."""

    class Input:
        user_id = graphene.ID(required=True, description="The person.")

    user = payload(UserType, "The person.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, user_id):
        services.follow_person(follower_id=viewer, person_id=user_id)
        return {"user": user_id, "viewer": viewer}


class UnfollowUser(Mutation):
    """Follow a person no more. Boards that you follow by themselves stay followed."""

    class Input:
        user_id = graphene.ID(required=True, description="The person.")

    user = payload(UserType, "The person.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, user_id):
        services.unfollow_person(follower_id=viewer, person_id=user_id)
        return {"user": user_id, "viewer": viewer}


class FollowBoard(Mutation):
    """Follow one board."""

    class Input:
        board_id = graphene.ID(required=True, description="The board.")

    board = payload(BoardType, "The board.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, board_id):
        services.follow_board(follower_id=viewer, board_id=board_id)
        return {"board": board_id, "viewer": viewer}


class UnfollowBoard(Mutation):
    """Follow a board no more, also as one of a person whom you follow."""

    class Input:
        board_id = graphene.ID(required=True, description="The board.")

    board = payload(BoardType, "The board.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, board_id):
        services.unfollow_board(follower_id=viewer, board_id=board_id)
        return {"board": board_id, "viewer": viewer}


class FollowTopic(Mutation):
    """Follow a topic: pins about it, those that are there already too."""

    class Input:
        topic_id = graphene.ID(required=True, description="The topic.")

    topic = payload(TopicType, "The topic.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, topic_id):
        services.follow_topic(follower_id=viewer, topic_id=topic_id)
        return {"topic": topic_id, "viewer": viewer}


class UnfollowTopic(Mutation):
    """Follow a topic no more."""

    class Input:
        topic_id = graphene.ID(required=True, description="The topic.")

    topic = payload(TopicType, "The topic.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, topic_id):
        services.unfollow_topic(follower_id=viewer, topic_id=topic_id)
        return {"topic": topic_id, "viewer": viewer}


class FollowsMutation:
    """Following and unfollowing."""

    follow_user = FollowUser.Field()
    unfollow_user = UnfollowUser.Field()
    follow_board = FollowBoard.Field()
    unfollow_board = UnfollowBoard.Field()
    follow_topic = FollowTopic.Field()
    unfollow_topic = UnfollowTopic.Field()
