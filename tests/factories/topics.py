"""Topics for tests. Those of the taxonomy are there too; `topic("bread")` is one of them."""

import factory

from apps.pins.models import PinTopic
from apps.topics.models import Topic


class TopicFactory(factory.django.DjangoModelFactory):
    """A topic at the top of the tree, for which nothing speaks but `words`."""

    class Meta:
        model = Topic

    slug = factory.Sequence(lambda n: f"topic-{n}")
    name = factory.Sequence(lambda n: f"Topic {n}")
    level = factory.LazyAttribute(lambda o: 1 if o.parent is None else o.parent.level + 1)
    parent = None
    position = 1_000


def topic(slug):
    """A topic of the taxonomy."""
    return Topic.objects.get(slug=slug)


def make_tag(pin, of_topic):
    """Have a pin be about a topic, whatever its words."""
    return PinTopic.objects.create(pin=pin, topic=of_topic, score=1, is_implied=False)
