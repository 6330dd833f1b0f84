"""The pictures' part of the mutation root."""

import graphene

from apps.media import services
from apps.media.graphql.types import PictureType
from apps.users.graphql.types import UserType
from pinboard.graphql.mutations import Mutation, payload
from pinboard.graphql.upload import Upload


class UploadPicture(Mutation):
    """Upload a picture, to make a pin of it or to put it beside your name.

    It comes back at once as PROCESSING; ask `node` for it until it is READY or BROKEN. The same
    file sent again is the same picture. A picture that nothing uses for a day is deleted.
    """

    class Input:
        file = Upload(
            required=True,
            description=(
                "JPEG, PNG, WebP, GIF or AVIF of up to 32 MB, at least 50 pixels a side and at "
                "most 100 megapixels, all frames counted."
            ),
        )

    picture = payload(PictureType, "The picture.")

    @classmethod
    def perform(cls, viewer, file):
        return {"picture": services.upload_picture(owner_id=viewer, file=file)}


class SetAvatar(Mutation):
    """Put a picture of yours beside your name, or take it away."""

    class Input:
        picture_id = graphene.ID(description="A picture that you uploaded; null for none.")

    viewer = payload(UserType, "You, as you are now.")
    user = payload(
        UserType,
        "You, as you are now.",
        deprecation_reason="Ask for `viewer`, as of other mutations. Goes on 2027-06-01.",
    )

    @classmethod
    def perform(cls, viewer, picture_id=None):
        services.set_avatar(user_id=viewer, picture_id=picture_id)
        return {"viewer": viewer, "user": viewer}


class MediaMutation:
    """What can be done with pictures."""

    upload_picture = UploadPicture.Field(description="Upload a picture.")
    set_avatar = SetAvatar.Field(description="Set the picture beside your name.")
