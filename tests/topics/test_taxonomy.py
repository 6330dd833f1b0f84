"""The taxonomy: the edition that comes along, later ones, and what staff do to it."""

from collections import Counter

import pytest
from django.core.management import call_command

from apps.topics import services, taxonomy
from apps.topics.matching import Texts, tokens
from apps.topics.models import MAX_WORDS, Taxonomy, Topic
from apps.topics.selectors import matcher
from apps.topics.taxonomy import read
from pinboard.audit.models import AuditEntry
from pinboard.errors import Invalid, NotFound
from tests.factories.topics import TopicFactory, topic
from tests.factories.users import UserFactory

EDITION = """
[food]
name = "Meals"
words = ["food", "eating"]

[food.baking]
name = "Baking"
words = ["baking"]
bread = { name = "Loaves", words = ["bread", "loaf", "zopf"] }

[space]
name = "Space"
words = ["space"]
"""


@pytest.fixture
def staff(db):
    return UserFactory(is_staff=True).pk


@pytest.fixture
def edition(db, tmp_path, monkeypatch):
    """`edition(text)`: load that one."""

    def load(text=EDITION):
        file = tmp_path / "taxonomy.toml"
        file.write_text(text)
        monkeypatch.setattr(services, "read", lambda: taxonomy.read(file))
        return services.load_edition()

    return load


def correct(staff, of_topic, **changes):
    services.correct_topic(actor_id=staff, topic_id=of_topic.pk, reason="a test", **changes)


def own(title):
    tags = matcher().tags(Texts(title=title))
    return [Topic.objects.get(pk=tag.topic).slug for tag in tags if not tag.is_implied]


def test_the_edition_that_comes_along():
    entries = read()
    assert len({entry.slug for entry in entries}) == len(entries) == 208
    assert Counter(entry.level for entry in entries) == {1: 16, 2: 68, 3: 124}
    assert all(entry.name and 0 < len(entry.words) <= MAX_WORDS for entry in entries)
    assert all(tokens(word) for entry in entries for word in entry.words)
    terms = Counter(tuple(tokens(word)) for entry in entries for word in entry.words)
    assert [term for term, count in terms.items() if count > 1] == []


def test_every_database_has_it(db):
    found = Topic.objects.select_related("parent")
    assert {
        (one.slug, one.name, one.parent and one.parent.slug, one.level, one.position, (*one.words,))
        for one in found
    } == set(read())
    assert Topic.objects.filter(is_active=True).count() == len(read())


def test_loading_it_again_changes_nothing(db, capsys):
    stamp = Taxonomy.objects.get().stamp
    call_command("load_topics")
    assert capsys.readouterr().out == "0 topics added, 0 changed, 0 switched off.\n"
    assert Taxonomy.objects.get().stamp == stamp


def test_a_later_edition(edition):
    bread, others = topic("bread").pk, Topic.objects.count() - 3
    assert own("Zopf") == []
    assert edition() == (1, 3, others)
    assert own("Zopf") == ["bread"]
    assert own("Space") == ["space"]
    assert own("Origami") == []
    kept = topic("bread")
    assert (kept.pk, kept.name, kept.is_active) == (bread, "Loaves", True)
    assert set(Topic.objects.filter(is_active=True).values_list("slug", flat=True)) == {
        *("food", "baking", "bread", "space")
    }
    assert edition() == (0, 0, 0)


def test_an_edition_brings_back_what_an_earlier_one_dropped(edition):
    edition("")
    assert own("Bread") == []
    edition()
    assert own("Bread") == ["bread"]


def test_what_staff_changed_stays(edition, staff):
    correct(staff, topic("bread"), name="Bread and rolls")
    services.switch_off_topic(actor_id=staff, topic_id=topic("baking").pk, reason="a test")
    edition()
    bread = topic("bread")
    assert (bread.name, bread.is_active) == ("Bread and rolls", False)
    assert bread.words == ["bread", "loaf", "zopf"]


def test_a_new_topic_below_one_that_is_off_is_off(edition, staff):
    services.switch_off_topic(actor_id=staff, topic_id=topic("food").pk, reason="a test")
    edition(EDITION.replace("bread =", "rolls ="))
    assert not topic("rolls").is_active


def test_other_words_are_matched_at_once(staff):
    assert own("Zopf") == []
    correct(staff, topic("bread"), words=["zopf", " zopf ", "Milk  roll"])
    assert topic("bread").words == ["zopf", "Milk roll"]
    assert own("Zopf") == own("Milk rolls") == ["bread"]
    assert own("Sourdough") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 61}, "name"),
        ({"words": ["bread", "!"]}, "words"),
        ({"words": ["w" * 61]}, "words"),
        ({"words": [f"word{n}" for n in range(MAX_WORDS + 1)]}, "words"),
    ],
)
def test_what_can_not_be_corrected(staff, changes, field):
    with pytest.raises(Invalid) as refused:
        correct(staff, topic("bread"), **changes)
    assert {problem.field for problem in refused.value.problems} == {(field,)}
    assert not AuditEntry.objects.filter(action="topics.correct").exists()


def test_a_topic_goes_off_with_those_below_it_and_comes_back_alone(staff):
    parent = TopicFactory()
    child = TopicFactory(parent=parent)
    grandchild = TopicFactory(parent=child)

    def active():
        return [Topic.objects.get(pk=one.pk).is_active for one in (parent, child, grandchild)]

    for _ in range(2):
        services.switch_off_topic(actor_id=staff, topic_id=parent.pk, reason="a test")
    assert active() == [False, False, False]
    with pytest.raises(Invalid, match=f"Switch {parent.name} on first"):
        services.switch_on_topic(actor_id=staff, topic_id=child.pk, reason="a test")
    for _ in range(2):
        services.switch_on_topic(actor_id=staff, topic_id=parent.pk, reason="a test")
    services.switch_on_topic(actor_id=staff, topic_id=child.pk, reason="a test")
    assert active() == [True, True, False]
    lines = list(AuditEntry.objects.order_by("pk").values_list("action", "subject_id"))
    assert lines == [
        ("topics.switch_off", parent.pk),
        ("topics.switch_on", parent.pk),
        ("topics.switch_on", child.pk),
    ]


def test_what_does_not_exist_is_told(staff):
    for act in (services.switch_off_topic, services.switch_on_topic, services.correct_topic):
        with pytest.raises(NotFound):
            act(actor_id=staff, topic_id=5, reason="a test")


def test_the_compiled_taxonomy_is_kept_while_nothing_changes(staff, django_assert_num_queries):
    first = matcher()
    with django_assert_num_queries(1):
        assert matcher() is first
    correct(staff, topic("bread"), name="Rolls")
    with django_assert_num_queries(2):
        assert matcher() is not first


def test_lists_of_topics_are_no_longer_than_their_prices_say():
    found = Counter(entry.parent for entry in read())
    assert found.pop(None) <= taxonomy.MAX_TOP
    assert max(found.values()) <= taxonomy.MAX_CHILDREN
