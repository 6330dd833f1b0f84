"""The lists of people that a person has for themselves alone."""

from apps.users import selectors
from apps.users.graphql.types import UserConnection, UserType
from pinboard.errors import Forbidden
from pinboard.graphql.connections import ConnectionField, connection
from pinboard.graphql.types import extend

BlockedConnection = connection(UserType, name="BlockedUser", load=selectors.load_blocked)


def _own(pager):
    def of_viewer(viewer_id, people):
        if [person.id for person in people] != [viewer_id]:
            raise Forbidden("This list is its owner's alone. Ask for `viewer`.")
        return pager(viewer_id)

    return of_viewer


extend(
    UserType,
    blocked_people=ConnectionField(
        BlockedConnection,
        _own(selectors.blocked_by),
        of_parents=True,
        description="The viewer's own: whom they have blocked, the newest block first. Nowhere else "
        "does the viewer see them.",
    ),
    muted_people=ConnectionField(
        UserConnection,
        _own(selectors.muted_by),
        of_parents=True,
        description="The viewer's own: whom they have muted, the newest first.",
    ),
)
