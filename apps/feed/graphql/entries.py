"""What the feeds' entries tell beside their pins."""

from enum import StrEnum

import graphene

from apps.boards.graphql.types import BoardType
from apps.boards.selectors import load_boards
from apps.feed.selectors import KINDS, MAX_SAVERS, reasons
from apps.pins.graphql.types import PinType
from apps.topics.graphql.types import TopicType
from apps.topics.selectors import load_topics
from apps.users.graphql.types import UserType
from apps.users.selectors import load_users
from pinboard.graphql.batch import at_most, batch
from pinboard.graphql.connections import connection

FeedReasonKind = graphene.Enum.from_enum(
    StrEnum("Kind", {kind: kind for kind in KINDS}),
    name="FeedReasonKind",
    description=lambda value: KINDS[value] if value else "Why a pin is in a feed.",
)


def _loaded(load, subject):
    def resolve(whys, info):
        return load(info.context.viewer_id, [why.id_of(subject) for why in whys])

    return batch(resolve)


class FeedReason(graphene.ObjectType):
    """Why an entry is in the feed: "why am I seeing this"."""

    kind = graphene.Field(FeedReasonKind, required=True, description="The kind of reason.")
    person = graphene.Field(
        UserType,
        description="The author, where the reason is that the viewer follows them.",
        resolver=_loaded(load_users, "person"),
    )
    board = graphene.Field(
        BoardType,
        description="The board, where the reason is that the viewer follows it.",
        resolver=_loaded(load_boards, "board"),
    )
    topic = graphene.Field(
        TopicType,
        description="The topic, where the reason is that the viewer follows it.",
        resolver=_loaded(load_topics, "topic"),
    )


@batch
def _resolve_reason(edges, info):
    return reasons(info.context.viewer_id, edges)


@at_most(MAX_SAVERS)
@batch
def _resolve_saved_by(edges, info):
    savers = [getattr(edge, "why", None) for edge in edges]
    ids = [why.savers if why else [] for why in savers]

    def in_pieces(found):
        people = iter(found)
        return [[one for one in (next(people) for _ in some) if one] for some in ids]

    return load_users(info.context.viewer_id, [id for some in ids for id in some]).then(in_pieces)


@batch
def _resolve_new_count(listed, info):
    return [one.pager.new_count() for one in listed]


FeedConnection = connection(
    PinType,
    name="Feed",
    edge_fields={
        "reason": graphene.Field(
            FeedReason,
            description="Why it is here; null for what has gone a moment ago.",
            resolver=_resolve_reason,
        ),
        "saved_by": graphene.List(
            graphene.NonNull(UserType),
            required=True,
            description=f"Others whom the viewer follows and who have the same picture, at most {MAX_SAVERS}. "
            "The home feed shows such copies as one entry, the following feed each by itself.",
            resolver=_resolve_saved_by,
        ),
    },
    page_fields={
        "new_count": graphene.Int(
            required=True,
            description="How many entries wait at the top since the first page was read, at most "
            "100; always 0 in the following feed, whose pages go by time.",
            resolver=_resolve_new_count,
        )
    },
)
