"""People whose keys are on all nodes of a cluster."""

from apps.users.models import User
from pinboard.cache import keys
from tests.factories.followers import make_followers

# More than enough for each node to have the timelines, and the streams of activity, of several.
MANY = 30


def followers_on_all_nodes(cluster, person_id):
    """Followers of somebody, whose timelines are on all primaries."""
    people = list(User.objects.filter(pk__in=make_followers(person_id, MANY)).order_by("pk"))
    assert len({on(cluster, person).port for person in people}) == 3
    return people


def on(cluster, person):
    """The node that has what is a person's own."""
    return cluster.primary_of(keys.timeline(person.pk))
