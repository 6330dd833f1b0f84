"""The boards' part of the mutation root."""

import graphene

from apps.boards import services
from apps.boards.graphql.types import BoardType
from pinboard.graphql.mutations import Mutation, payload


class CreateBoard(Mutation):
    """Make a board."""

    class Input:
        name = graphene.String(required=True, description="1 to 180 characters.")
        description = graphene.String(description="Up to 500 characters.")
        is_secret = graphene.Boolean(
            description="Whether only you may know of it; false by default."
        )

    board = payload(BoardType, "The new board.")

    @classmethod
    def perform(cls, viewer, **values):
        given = {name: value for name, value in values.items() if value is not None}
        return {"board": services.create_board(owner_id=viewer, **given)}


class UpdateBoard(Mutation):
    """Change a board of yours. What is not given stays as it is."""

    class Input:
        board_id = graphene.ID(required=True, description="The board.")
        name = graphene.String(description="1 to 180 characters. Old links go on working.")
        description = graphene.String(description="Up to 500 characters.")
        is_secret = graphene.Boolean(description="Whether only you may know of it.")
        is_archived = graphene.Boolean(description="Whether it is out of your way.")

    board = payload(BoardType, "The board as it is now.")

    @classmethod
    def perform(cls, viewer, board_id, **changes):
        given = {name: value for name, value in changes.items() if value is not None}
        services.update_board(actor_id=viewer, board_id=board_id, **given)
        return {"board": board_id}


class DeleteBoard(Mutation):
    """Delete a board of yours with all pins on it. `Board.pinCount` says beforehand how many."""

    class Input:
        board_id = graphene.ID(required=True, description="The board.")

    deleted_board_id = graphene.ID(description="The id that the board had.")

    @classmethod
    def perform(cls, viewer, board_id):
        services.delete_board(actor_id=viewer, board_id=board_id)
        return {"deleted_board_id": board_id}


class BoardsMutation:
    """Writes on boards."""

    create_board = CreateBoard.Field(required=True)
    update_board = UpdateBoard.Field(required=True)
    delete_board = DeleteBoard.Field(required=True)
