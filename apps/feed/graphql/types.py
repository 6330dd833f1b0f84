"""Feedback on feeds in the API."""

import graphene

from apps.feed.selectors.feedback import load_subjects
from apps.pins.graphql.types import PinType
from pinboard.graphql.batch import batch
from pinboard.graphql.connections import connection
from pinboard.graphql.types import Node


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
    Node,
    name="SeenFewer",
    load=load_subjects,
    edge_fields={
        "subject_id": _id_of_entry("The subject's id, for `undoSeeFewer`; `node` may be null.")
    },
)
