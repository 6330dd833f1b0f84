"""Boards in the API."""

import graphene

from apps.boards import selectors
from apps.boards.models import Board, Section
from apps.boards.selectors import BoardRecord
from apps.users.graphql.types import UserType
from apps.users.selectors import load_users
from pinboard.graphql.batch import batch
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.connections import connection, order_enum
from pinboard.graphql.types import RecordType
from pinboard.ids.layout import created_at

BoardOrder = order_enum(
    "BoardOrder",
    OWN=(selectors.OWN_ORDER, "As their owner put them."),
    NEWEST=(selectors.NEWEST, "The newest first."),
    NAME=(selectors.BY_NAME, "By name."),
)


class SectionType(RecordType):
    class Meta:
        name = "Section"
        description = "A part of a board."
        model = Section
        load = selectors.load_sections
        fields = ("name",)

    board = graphene.Field(lambda: BoardType, description="The board that it is a part of.")

    @batch
    def resolve_board(sections, info):
        return selectors.load_boards(info.context.viewer_id, [one.board_id for one in sections])


class BoardType(RecordType):
    class Meta:
        name = "Board"
        description = "A named collection of pins."
        model = Board
        load = selectors.load_boards
        fields = ("name", "description", "slug", "is_secret", "archived_at")

    owner = graphene.Field(UserType, description="Whose board it is.")
    sections = ConnectionField(
        connection(SectionType),
        selectors.sections_of,
        description="The board's sections, in order.",
    )
    created_at = graphene.DateTime(
        required=True,
        description="When the board was made.",
        resolver=lambda board, info: created_at(board.id),
    )

    @batch
    def resolve_owner(boards: list[BoardRecord], info):
        return load_users(info.context.viewer_id, [board.owner_id for board in boards])


BoardConnection = connection(BoardType)
