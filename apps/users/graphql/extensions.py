"""The lists of people that a person has for themselves alone."""

from apps.users import selectors
from apps.users.graphql.types import UserConnection, UserType
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.connections import connection
from pinboard.graphql.types import extend

BlockedConnection = connection(UserType, name="BlockedUser", load=selectors.load_blocked)
_OWN = "This list is its owner's alone. Ask for `viewer`."


extend(
    UserType,
    blocked_people=ConnectionField(
        BlockedConnection,
        selectors.blocked_by,
        own=_OWN,
        description="The viewer's own: whom they have blocked, the newest block first. Nowhere else "
        "does the viewer see them.",
    ),
    muted_people=ConnectionField(
        UserConnection,
        selectors.muted_by,
        own=_OWN,
        description="The viewer's own: whom they have muted, the newest first.",
    ),
)
