"""What a person does not want in their feeds: the lists of it, theirs alone, and the marks of it."""

import graphene

from apps.boards.graphql.types import BoardType
from apps.feed.graphql.types import HiddenPinConnection, SeenFewerConnection
from apps.feed.selectors import feedback
from apps.pins.graphql.types import PinType
from apps.topics.graphql.types import TopicType
from apps.users.graphql.types import UserType
from pinboard.graphql.batch import batch
from pinboard.graphql.connection_fields import ConnectionField
from pinboard.graphql.types import extend

_OWN = "This list is its owner's alone. Ask for `viewer`."


def _is_hidden(pins, info):
    lines = [pin.line_id for pin in pins]
    hidden = feedback.hidden_among(info.context.viewer_id, lines)
    return [line in hidden for line in lines]


def _sees_fewer(subjects, info):
    ids = [one.id for one in subjects]
    fewer = feedback.seen_fewer_among(info.context.viewer_id, ids)
    return [one in fewer for one in ids]


def _fewer_flag(description):
    return graphene.Boolean(required=True, description=description, resolver=batch(_sees_fewer))


extend(
    UserType,
    hidden_pins=ConnectionField(
        HiddenPinConnection,
        feedback.hidden_by,
        own=_OWN,
        description="The viewer's own: the pins that they have hidden, the newest first; null in the "
        "place of one that is gone.",
    ),
    seeing_fewer=ConnectionField(
        SeenFewerConnection,
        feedback.seen_fewer_by,
        own=_OWN,
        description="The viewer's own: of what they want to see fewer, the newest first; null in "
        "the place of what is gone.",
    ),
    viewer_sees_fewer=_fewer_flag("Whether the viewer wants to see fewer pins of the person."),
)
extend(
    BoardType,
    viewer_sees_fewer=_fewer_flag("Whether the viewer wants to see fewer pins of the board."),
)
extend(
    TopicType,
    viewer_sees_fewer=_fewer_flag("Whether the viewer wants to see fewer pins about the topic."),
)
extend(
    PinType,
    viewer_has_hidden=graphene.Boolean(
        required=True,
        description="Whether the viewer has hidden the pin, or a copy of it, from their feeds.",
        resolver=batch(_is_hidden),
    ),
)
