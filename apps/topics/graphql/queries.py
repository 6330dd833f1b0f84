"""The topics' part of the query root."""

import graphene

from apps.topics import selectors
from apps.topics.graphql.types import TopicType
from apps.topics.taxonomy import MAX_TOP
from pinboard.graphql.batch import at_most, batch


class TopicsQuery:
    """The tree of topics, and one of them."""

    topics = graphene.List(
        graphene.NonNull(TopicType),
        required=True,
        description="The topics at the top of the tree, in order.",
    )
    topic = graphene.Field(
        TopicType,
        slug=graphene.String(required=True, description="The topic's name in its address."),
        description="One topic; null when there is none of this slug. By id: `node`.",
    )

    @at_most(MAX_TOP)
    @batch
    def resolve_topics(roots, info):
        return selectors.top_topics().then(lambda found: [found])

    @batch
    def resolve_topic(roots, info, slug):
        return selectors.load_topics(info.context.viewer_id, [selectors.topic_id_by_slug(slug)])
