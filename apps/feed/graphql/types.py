"""Feedback on feeds in the API."""

import graphene

from apps.boards.graphql.types import BoardType
from apps.feed.feedback import load_subjects
from apps.pins.graphql.types import PinType
from apps.topics.graphql.types import TopicType
from apps.users.graphql.types import UserType
from pinboard.graphql.batch import batch
from pinboard.graphql.connections import connection
from pinboard.graphql.types import Node


class SeenFewerSubject(graphene.Union):
    class Meta:
        description = "What a person may want to see fewer pins of, or about."
        types = (UserType, BoardType, TopicType)

    resolve_type = Node.resolve_type


def _id_of_entry(description):
    return graphene.ID(
        required=True,
        description=description,
        resolver=batch(lambda edges, info: [edge.row.id for edge in edges]),
    )


HiddenPinConnection = connection(
    PinType,
    name="HiddenPin",
    edge_fields={"pin_id": _id_of_entry("The pin's id, for `unhidePin`; `node` may be null.")},
)
SeenFewerConnection = connection(
    SeenFewerSubject,
    name="SeenFewer",
    load=load_subjects,
    edge_fields={
        "subject_id": _id_of_entry("The subject's id, for `undoSeeFewer`; `node` may be null.")
    },
)
