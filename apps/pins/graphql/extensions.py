"""What pins add to the types of lower floors, and the list of saves, which is of pins itself."""

import graphene

from apps.boards.graphql.types import BoardType, SectionType
from apps.pins import selectors
from apps.pins.graphql.types import PinConnection, PinOrder, PinType
from apps.users.graphql.types import UserType
from pinboard.graphql.batch import batch
from pinboard.graphql.connections import ConnectionField
from pinboard.graphql.types import extend


def _resolve_pin_count(boards, info):
    return selectors.pin_counts(info.context.viewer_id, boards)


extend(
    BoardType,
    pins=ConnectionField(
        PinConnection,
        selectors.pins_of_board,
        orders=PinOrder,
        filterset=selectors.PinFilter,
        description="The pins on the board that the viewer may see.",
    ),
    pin_count=graphene.Int(
        required=True,
        description="How many pins the board has; as many go when it is deleted.",
        resolver=batch(_resolve_pin_count),
    ),
)
extend(
    SectionType,
    pins=ConnectionField(
        PinConnection,
        selectors.pins_of_section,
        orders=PinOrder,
        filterset=selectors.PinFilter,
        description="The pins in the section that the viewer may see.",
    ),
)
extend(
    UserType,
    pins=ConnectionField(
        PinConnection,
        selectors.pins_of_person,
        orders=PinOrder,
        filterset=selectors.PinFilter,
        description="The person's pins that the viewer may see.",
    ),
)
extend(
    PinType,
    saves=ConnectionField(
        PinConnection,
        selectors.saves_of_line,
        parent=lambda pin: pin.line_id,
        description="The saves of the idea that the viewer may see, newest first.",
    ),
)
