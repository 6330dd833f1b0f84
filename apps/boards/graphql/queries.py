"""The boards' part of the query root."""

import graphene

from apps.boards import selectors
from apps.boards.graphql.types import BoardType
from apps.users.selectors import user_id_by_username
from pinboard.graphql.batch import batch


class BoardsQuery:
    """One board."""

    board = graphene.Field(
        BoardType,
        username=graphene.String(required=True, description="Its owner's username."),
        slug=graphene.String(required=True, description="Its slug, or one that it had before."),
        description="A board by its address; null when there is none to see. By id: `node`.",
    )

    @batch
    def resolve_board(roots, info, username, slug):
        viewer_id = info.context.viewer_id
        owner_id = user_id_by_username(viewer_id, username)
        board_id = owner_id and selectors.board_id_by_slug(viewer_id, owner_id, slug)
        return selectors.load_boards(viewer_id, [board_id])
