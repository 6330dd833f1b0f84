"""Pins in the API."""

import graphene

from apps.boards.graphql.types import BoardType, SectionType
from apps.boards.selectors import load_boards, load_sections
from apps.media.graphql.types import PictureType
from apps.media.selectors import load_pictures
from apps.pins import selectors
from apps.pins.models import Pin
from apps.pins.selectors import PinRecord
from apps.topics.graphql.types import TopicType
from apps.topics.matching import MAX_TOPICS
from apps.users.graphql.types import UserType
from apps.users.selectors import load_users
from pinboard.graphql.batch import at_most, batch, bringing, reading
from pinboard.graphql.connections import connection, order_enum
from pinboard.graphql.types import RecordType
from pinboard.ids.layout import created_at

PinOrder = order_enum(
    "PinOrder",
    NEWEST=(selectors.NEWEST, "The newest first."),
    OLDEST=(selectors.OLDEST, "The oldest first."),
)


class PinType(RecordType):
    """A picture of an idea on a board."""

    class Meta:
        name = "Pin"
        description = "A picture of an idea on a board. A save is a pin too."
        model = Pin
        load = selectors.load_pins
        fields = ("title", "description", "alt_text", "link")

    note = graphene.String(
        description="The owner's own note; null for everybody else.",
        resolver=lambda pin, info: pin.own_note if pin.owner_id == info.context.viewer_id else None,
    )
    created_at = graphene.DateTime(
        required=True,
        description="When the pin was made.",
        resolver=lambda pin, info: created_at(pin.id),
    )
    is_save = graphene.Boolean(required=True, description="Whether it was saved from another pin.")
    picture = graphene.Field(PictureType, required=True, description="What it shows.")
    author = graphene.Field(UserType, description="Whose pin it is.")
    board = graphene.Field(BoardType, description="The board that it is on.")
    section = graphene.Field(SectionType, description="The section of the board, if it is in one.")
    saved_from = graphene.Field(
        lambda: PinType, description="The pin that it was saved from, while that exists."
    )
    root = graphene.Field(
        lambda: PinType, description="The first pin of the line of saves, while that exists."
    )
    save_count = graphene.Int(
        required=True,
        description="How often the idea was saved, by anybody and from whichever pin of its line.",
    )
    is_saved_by_viewer = graphene.Boolean(
        required=True, description="Whether the viewer has a pin of this line."
    )

    topics = graphene.List(
        graphene.NonNull(TopicType),
        required=True,
        description="What it is about, by its texts and its board's; up to five, the best match first.",
    )

    @bringing("picture")
    def resolve_picture(pins: list[PinRecord], info):
        return load_pictures([pin.picture_id for pin in pins])

    @bringing("author")
    def resolve_author(pins: list[PinRecord], info):
        return load_users(info.context.viewer_id, [pin.owner_id for pin in pins])

    @bringing("board")
    def resolve_board(pins: list[PinRecord], info):
        return load_boards(info.context.viewer_id, [pin.board_id for pin in pins])

    @batch
    def resolve_section(pins: list[PinRecord], info):
        return load_sections(info.context.viewer_id, [pin.section_id for pin in pins])

    @batch
    def resolve_saved_from(pins: list[PinRecord], info):
        return selectors.load_pins(info.context.viewer_id, [pin.saved_from_id for pin in pins])

    @batch
    def resolve_root(pins: list[PinRecord], info):
        return selectors.load_pins(info.context.viewer_id, [pin.line_id for pin in pins])

    @bringing("save_count")
    def resolve_save_count(pins: list[PinRecord], info):
        return selectors.save_counts([pin.line_id for pin in pins])

    @reading("id")
    @at_most(MAX_TOPICS)
    @batch
    def resolve_topics(pins: list[PinRecord], info):
        return selectors.topics_of_pins([pin.id for pin in pins])

    @batch
    def resolve_is_saved_by_viewer(pins: list[PinRecord], info):
        saved = selectors.saved_lines(info.context.viewer_id, [pin.line_id for pin in pins])
        return [pin.line_id in saved for pin in pins]


PinConnection = connection(PinType)
