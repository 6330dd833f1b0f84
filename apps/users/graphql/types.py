"""People in the API."""

import graphene

from apps.users.models import User
from apps.users.selectors import load_users
from pinboard.graphql.types import RecordType
from pinboard.ids.layout import created_at


class UserType(RecordType):
    """A person, as others see them."""

    class Meta:
        name = "User"
        description = "A person, as others see them."
        model = User
        load = load_users
        fields = ("username", "display_name", "about", "website", "location")

    joined_at = graphene.DateTime(
        required=True,
        description="When the account was made.",
        resolver=lambda user, info: created_at(user.id),
    )
