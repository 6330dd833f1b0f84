"""The boards' part of the mutation root."""

import graphene

from apps.boards import services
from apps.boards.graphql.types import BoardType, SectionType
from apps.users.graphql.types import UserType
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


class ReorderBoards(Mutation):
    """Put your boards into your own order."""

    class Input:
        board_ids = graphene.List(
            graphene.NonNull(graphene.ID),
            required=True,
            description="Boards of yours that come first, in this order. The others follow as they were.",
        )

    viewer = payload(UserType, "You, with your boards in their new order.")

    @classmethod
    def perform(cls, viewer, board_ids):
        services.reorder_boards(actor_id=viewer, board_ids=board_ids)
        return {"viewer": viewer}


class CreateSection(Mutation):
    """Add a section to a board of yours."""

    class Input:
        board_id = graphene.ID(required=True, description="The board.")
        name = graphene.String(required=True, description="1 to 180 characters.")

    section = payload(SectionType, "The new section, the board's last.")

    @classmethod
    def perform(cls, viewer, board_id, name):
        return {"section": services.create_section(actor_id=viewer, board_id=board_id, name=name)}


class UpdateSection(Mutation):
    """Rename a section of yours."""

    class Input:
        section_id = graphene.ID(required=True, description="The section.")
        name = graphene.String(required=True, description="1 to 180 characters.")

    section = payload(SectionType, "The section as it is now.")

    @classmethod
    def perform(cls, viewer, section_id, name):
        services.update_section(actor_id=viewer, section_id=section_id, name=name)
        return {"section": section_id}


class DeleteSection(Mutation):
    """Delete a section of yours. Its pins stay on the board."""

    class Input:
        section_id = graphene.ID(required=True, description="The section.")

    deleted_section_id = graphene.ID(description="The id that the section had.")
    board = payload(BoardType, "The board that it was a part of.")

    @classmethod
    def perform(cls, viewer, section_id):
        board_id = services.delete_section(actor_id=viewer, section_id=section_id)
        return {"deleted_section_id": section_id, "board": board_id}


class ReorderSections(Mutation):
    """Put the sections of a board of yours into another order."""

    class Input:
        board_id = graphene.ID(required=True, description="The board.")
        section_ids = graphene.List(
            graphene.NonNull(graphene.ID),
            required=True,
            description="Sections that come first, in this order. The others follow as they were.",
        )

    board = payload(BoardType, "The board with its sections in their new order.")

    @classmethod
    def perform(cls, viewer, board_id, section_ids):
        services.reorder_sections(actor_id=viewer, board_id=board_id, section_ids=section_ids)
        return {"board": board_id}


class BoardsMutation:
    """Writes on boards."""

    create_board = CreateBoard.Field()
    update_board = UpdateBoard.Field()
    delete_board = DeleteBoard.Field()
    reorder_boards = ReorderBoards.Field()
    create_section = CreateSection.Field()
    update_section = UpdateSection.Field()
    delete_section = DeleteSection.Field()
    reorder_sections = ReorderSections.Field()
