"""Topics through the API."""

from apps.topics.services import switch_off_topic
from apps.topics.taxonomy import read
from tests.factories.topics import topic
from tests.factories.users import UserFactory

TREE = "{ topics { slug level parent { id } children { slug children { slug } } } }"
ONE = """
query($slug: String!) {
  topic(slug: $slug) { id name level parent { slug } children { slug } }
}
"""


def below(parent):
    """The slugs right below a topic of the edition, in order."""
    entries = [entry for entry in read() if entry.parent == parent]
    return [entry.slug for entry in sorted(entries, key=lambda entry: entry.position)]


def test_the_tree(api):
    answer = api(TREE)
    assert [one["slug"] for one in answer.data["topics"]] == below(None)
    for one in answer.data["topics"]:
        assert (one["level"], one["parent"]) == (1, None)
        assert [child["slug"] for child in one["children"]] == below(one["slug"])
        for child in one["children"]:
            assert [leaf["slug"] for leaf in child["children"]] == below(child["slug"])
    assert len(answer.statements) == 3


def test_one_topic(api):
    found = api(ONE, slug="kitchen").data["topic"]
    assert found == {
        "id": str(topic("kitchen").pk),
        "name": "Kitchen",
        "level": 2,
        "parent": {"slug": "home"},
        "children": [{"slug": slug} for slug in ("small-kitchens", "kitchen-storage", "tableware")],
    }
    node = api("query($id: ID!) { node(id: $id) { ... on Topic { name } } }", id=found["id"])
    assert node.data["node"] == {"name": "Kitchen"}
    assert api(ONE, slug="nothing").data["topic"] is None


def test_what_is_switched_off_is_nowhere(api):
    kitchen = topic("kitchen")
    switch_off_topic(actor_id=UserFactory(is_staff=True).pk, topic_id=kitchen.pk, reason="a test")
    assert api(ONE, slug="kitchen").data["topic"] is None
    assert api(ONE, slug="small-kitchens").data["topic"] is None
    assert {"slug": "kitchen"} not in api(ONE, slug="home").data["topic"]["children"]
    node = api("query($id: ID!) { node(id: $id) { id } }", id=str(kitchen.pk))
    assert node.data["node"] is None
