"""Topics in the API."""

import graphene

from apps.topics import selectors
from apps.topics.models import Topic
from apps.topics.selectors import TopicRecord
from apps.topics.taxonomy import MAX_CHILDREN
from pinboard.graphql.batch import at_most, batch
from pinboard.graphql.types import RecordType


class TopicType(RecordType):
    """What pins are about."""

    class Meta:
        name = "Topic"
        description = "What pins are about. Topics are a tree of three levels."
        model = Topic
        load = selectors.load_topics
        fields = ("slug", "name", "level")

    parent = graphene.Field(
        lambda: TopicType, description="The topic that it is a part of; null at the top."
    )
    children = graphene.List(
        graphene.NonNull(lambda: TopicType),
        required=True,
        description="The topics that are its parts, in order.",
    )

    @batch
    def resolve_parent(topics: list[TopicRecord], info):
        return selectors.load_topics(info.context.viewer_id, [one.parent_id for one in topics])

    @at_most(MAX_CHILDREN)
    @batch
    def resolve_children(topics: list[TopicRecord], info):
        return selectors.children_of([one.id for one in topics])
