"""Pictures in the API."""

from collections.abc import Sequence

import graphene

from apps.media import selectors
from apps.media.imaging.refusals import RefusalReason
from apps.media.imaging.sizes import Format, Size
from apps.media.models import Picture, PictureState
from apps.media.selectors import PictureRecord
from pinboard.graphql.batch import batch, reading
from pinboard.graphql.types import RecordType
from pinboard.table import column

PictureStateEnum = graphene.Enum.from_enum(
    PictureState,
    name="PictureState",
    description=lambda value: value.label if value else "How far a picture has come.",
)
PictureReasonEnum = graphene.Enum.from_enum(
    RefusalReason,
    name="PictureReason",
    description=lambda value: value.sentence if value else "Why a picture can't be used.",
)


def _about_size(size: Size | None) -> str:
    if size is None:
        return "A size of a picture. No picture is ever enlarged."
    box = size.value
    if size.is_crop:
        return f"{box.width} by {box.height} pixels cut from the most striking part."
    return f"{box.width} pixels wide, in the picture's own shape."


PictureSize = graphene.Enum.from_enum(Size, name="PictureSize", description=_about_size)
ImageFormat = graphene.Enum.from_enum(
    Format,
    name="ImageFormat",
    description=lambda value: (
        {
            Format.WEBP: "WebP: smaller, and transparent where the picture is.",
            Format.JPEG: "JPEG: read by everything; white where the picture is transparent.",
        }[value]
        if value
        else "The format of an image file."
    ),
)


class ImageType(graphene.ObjectType):
    class Meta:
        name = "Image"
        description = "A file of a picture, the same for ever under its address."

    url = graphene.String(required=True, description="Where the file is.")
    width = graphene.Int(required=True, description="Its width in pixels.")
    height = graphene.Int(required=True, description="Its height in pixels.")


class PictureType(RecordType):
    class Meta:
        name = "Picture"
        description = (
            "A picture. By its id only those who uploaded it see it; others see it through a pin, "
            "a board or a person."
        )
        model = Picture
        load = selectors.load_own_pictures
        fields = ("width", "height", "is_animated")

    state = graphene.Field(
        PictureStateEnum, required=True, description="How far the picture has come."
    )
    reason = graphene.Field(
        PictureReasonEnum,
        description="Why it can't be used; null unless it is broken.",
        resolver=batch(lambda pictures, info: [one.reason or None for one in pictures]),
    )
    message = graphene.String(
        description="The same as a sentence that says what to do.",
        resolver=lambda picture, info: (
            RefusalReason(picture.reason).sentence if picture.reason else None
        ),
    )
    dominant_color = graphene.String(
        description="Its most frequent colour, such as `#a1b2c3`; null until it is ready.",
        resolver=reading("dominant_color")(
            batch(lambda pictures, info: [c or None for c in column(pictures, "dominant_color")])
        ),
    )
    thumbhash = graphene.String(
        description="A blurred placeholder, ThumbHash in base64; null until it is ready.",
        resolver=batch(lambda pictures, info: [one.thumbhash or None for one in pictures]),
    )
    image = graphene.Field(
        ImageType,
        size=PictureSize(required=True, description="The size that is wanted."),
        format=ImageFormat(default_value=Format.WEBP.value, description="WebP if not given."),
        description="The picture as a file; null until it is ready.",
    )

    @reading("key", "state", "width", "height")
    @batch
    def resolve_image(pictures: Sequence[PictureRecord], info, size, format):
        return selectors.images(pictures, Size(size), Format(format))
