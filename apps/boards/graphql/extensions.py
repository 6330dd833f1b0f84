"""What boards add to the types of lower floors."""

from apps.boards.graphql.types import BoardConnection, BoardOrder
from apps.boards.selectors import BoardFilter, boards_of
from apps.users.graphql.types import UserType
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.types import extend

extend(
    UserType,
    boards=ConnectionField(
        BoardConnection,
        boards_of,
        orders=BoardOrder,
        filterset=BoardFilter,
        description="The person's boards that the viewer may see.",
    ),
)
