"""What pictures add to people."""

import graphene

from apps.media.graphql.types import PictureType
from apps.media.selectors import load_avatars
from apps.users.graphql.types import UserType
from pinboard.graphql.batch import batch
from pinboard.graphql.types import extend


def resolve_avatar(users, info):
    return load_avatars([user.id for user in users])


extend(
    UserType,
    avatar=graphene.Field(
        PictureType,
        description="The picture beside the person's name; null when there is none.",
        resolver=batch(resolve_avatar),
    ),
)
