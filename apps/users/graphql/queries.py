"""The people's part of the query root."""

import graphene

from apps.users import selectors
from apps.users.graphql.types import UserType
from pinboard.errors import BadInput
from pinboard.graphql.batch import batch
from pinboard.graphql.types import parse_id


class UsersQuery:
    """Who asks, and one person."""

    viewer = graphene.Field(UserType, description="Who asks; null when nobody is logged in.")
    user = graphene.Field(
        UserType,
        id=graphene.ID(description="The person's id."),
        username=graphene.String(description="The person's username, whatever its case."),
        description="One person, by `id` or by `username`; null when there is none to see.",
    )

    @batch
    def resolve_viewer(roots, info):
        viewer_id = info.context.viewer_id
        if viewer_id is not None and info.needs_only_id:
            return [selectors.Identity(viewer_id)]
        return selectors.load_users(viewer_id, [viewer_id])

    @batch
    def resolve_user(roots, info, id=None, username=None):
        if (id is None) == (username is None):
            raise BadInput("Give `id` or `username`, one of them.")
        viewer_id = info.context.viewer_id
        user_id = (
            selectors.user_id_by_username(viewer_id, username) if id is None else parse_id(id, "id")
        )
        return selectors.load_users(viewer_id, [user_id])
