"""What pins add to the types of lower floors, and the list of saves, which is of pins itself."""

import graphene

from apps.boards.graphql.types import BoardType, SectionType
from apps.boards.selectors import load_boards
from apps.media.graphql.types import PictureType
from apps.media.selectors import load_pictures
from apps.pins import selectors
from apps.pins.graphql.types import PinConnection, PinOrder, PinType
from apps.topics.graphql.types import TopicType
from apps.users.graphql.types import UserType
from pinboard.graphql.batch import batch
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.types import extend


def _pins(pager, whose):
    return ConnectionField(
        PinConnection,
        pager,
        orders=PinOrder,
        filterset=selectors.PinFilter,
        description=f"{whose} pins that the viewer may see.",
    )


def _pin_count(owners_of, description):
    """`owners_of`: whose each of these parents is, for a viewer."""

    def resolve(parents, info):
        viewer_id = info.context.viewer_id
        ids = [parent.id for parent in parents]
        return selectors.pin_counts(viewer_id, ids, owners_of(viewer_id, parents))

    return graphene.Int(required=True, description=description, resolver=batch(resolve))


def _owners_of_sections(viewer_id, sections):
    boards = load_boards(viewer_id, [section.board_id for section in sections]).get()
    return [board and board.owner_id for board in boards]


def _resolve_cover(boards, info):
    ids = selectors.cover_pictures(info.context.viewer_id, [board.id for board in boards])
    return load_pictures(ids)


extend(
    BoardType,
    pins=_pins(selectors.pins_of_board, "The board's"),
    pin_count=_pin_count(
        lambda _viewer_id, boards: [board.owner_id for board in boards],
        "How many pins of the board the viewer may see. For its owner these are all; as many go "
        "when it is deleted.",
    ),
    cover=graphene.Field(
        PictureType,
        description="The picture that stands for the board: of the pin that its owner chose, or of "
        "the newest; null for a board without a pin to see.",
        resolver=batch(_resolve_cover),
    ),
)
extend(
    SectionType,
    pins=_pins(selectors.pins_of_section, "The section's"),
    pin_count=_pin_count(_owners_of_sections, "How many pins of the section the viewer may see."),
)
extend(
    UserType,
    pins=_pins(selectors.pins_of_person, "The person's"),
    pin_count=_pin_count(
        lambda _viewer_id, users: [user.id for user in users],
        "How many pins and saves of the person the viewer may see.",
    ),
)
extend(
    TopicType,
    pins=ConnectionField(
        PinConnection,
        selectors.pins_of_topic,
        description="Pins about the topic or its parts that the viewer may see, newest first.",
    ),
)
extend(
    PinType,
    saves=ConnectionField(
        PinConnection,
        selectors.saves_of_pin,
        parent=lambda pin: pin.line_id,
        description="The saves of the idea that the viewer may see, newest first.",
    ),
)
