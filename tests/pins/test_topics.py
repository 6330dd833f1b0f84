"""What pins are about, and the pins of topics, through the API."""

from functools import partial

import pytest
from django.core.management import call_command

from apps.boards.events import BoardEdited
from apps.boards.services import update_board
from apps.pins.events import PinEdited
from apps.pins.models import Pin, PinTopic
from apps.pins.selectors import newest_of_topics, visible
from apps.pins.services import (
    correct_pin,
    delete_pin,
    hide_pin,
    holding,
    move_pins,
    tag_pins,
    update_pin,
)
from apps.topics.services import correct_topic, switch_off_topic
from apps.users.services import suspend_person
from tests.effort import assert_in_proportion
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import TopicFactory, make_tag, topic
from tests.factories.users import UserFactory

PIN = "query($id: ID!) { node(id: $id) { ... on Pin { topics { slug } } } }"
TOPIC = """
query($slug: String!, $after: String) {
  topic(slug: $slug) {
    pins(first: 2, after: $after) {
      nodes { title } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
}
"""


@pytest.fixture
def staff(db):
    return UserFactory(is_staff=True).pk


@pytest.fixture
def about(api):
    """`about(pin)`: the slugs of its topics, as its owner sees them."""

    def ask(pin):
        answer = api.as_(pin.owner)(PIN, id=str(pin.pk)).data["node"]
        return [one["slug"] for one in answer["topics"]]

    return ask


@pytest.fixture
def pins_of(api):
    """`pins_of(slug, viewer)`: the titles of a topic's pins."""

    def ask(slug, viewer=None):
        client = api if viewer is None else api.as_(viewer)
        return [one["title"] for one in client(TOPIC, slug=slug).data["topic"]["pins"]["nodes"]]

    return ask


def test_a_pin_is_about_what_its_words_say(about, outbox):
    pin = make_pin(BoardFactory(name="Cakes"), title="Rye bread", alt_text="A loaf, and a cat")
    assert about(pin) == []
    outbox.drain()
    assert about(pin) == ["bread", "cats", "cakes"]
    implied = PinTopic.objects.filter(pin=pin, is_implied=True)
    assert set(implied.values_list("topic__slug", flat=True)) == {"baking", "food", "animals"}


def test_a_save_is_about_what_its_own_board_says_too(about, outbox):
    save = make_save(make_pin(title="Rye"), BoardFactory(name="Gifts"))
    outbox.drain()
    assert about(save) == ["bread", "gifts"]


def test_other_texts_other_topics(about, outbox, staff):
    pin = make_pin(title="Rye")
    update_pin(actor_id=pin.owner_id, pin_id=pin.pk, title="Origami")
    outbox.drain()
    assert about(pin) == ["origami"]
    correct_pin(actor_id=staff, pin_id=pin.pk, reason="a test", description="A cat")
    outbox.drain()
    assert about(pin) == ["origami", "cats"]
    update_pin(actor_id=pin.owner_id, pin_id=pin.pk, title="", description="")
    outbox.drain()
    assert about(pin) == []
    assert outbox.published(PinEdited) == [PinEdited(pin.pk, pin.owner_id)] * 3


def test_only_what_tells_is_told(outbox):
    pin = make_pin(title="Rye")
    update_pin(actor_id=pin.owner_id, pin_id=pin.pk, title="Rye", note="bread", link="")
    board = pin.board
    update_board(actor_id=board.owner_id, board_id=board.pk, name=board.name, is_secret=True)
    assert outbox.published(PinEdited) == outbox.published(BoardEdited) == []


def test_another_board_other_topics(about, outbox):
    pin = make_pin(BoardFactory(name="Cakes"))
    other = BoardFactory(name="Cats", owner=pin.owner)
    move_pins(actor_id=pin.owner_id, pin_ids=[pin.pk], board_id=other.pk)
    outbox.drain()
    assert about(pin) == ["cats"]


def test_a_board_by_another_name_in_steps(about, outbox, monkeypatch):
    monkeypatch.setattr(holding, "CHUNK", 2)
    board, elsewhere = BoardFactory(), make_pin()
    pins = [make_pin(board) for _ in range(5)]
    outbox.drain()
    update_board(actor_id=board.owner_id, board_id=board.pk, name="Cats")
    update_board(actor_id=board.owner_id, board_id=board.pk, description="and origami")
    outbox.drain()
    assert [about(pin) for pin in pins] == [["cats", "origami"]] * 5
    assert about(elsewhere) == []


def test_a_topic_lists_what_is_below_it_newest_first(api, outbox):
    for title in ("Bread", "Cake", "Cat", "Baking"):
        make_pin(title=title)
    outbox.drain()
    first = api(TOPIC, slug="food").data["topic"]["pins"]
    page = first.pop("pageInfo")
    assert first == {"nodes": [{"title": "Baking"}, {"title": "Cake"}], "totalCount": 3}
    assert (page["hasNextPage"], page["hasPreviousPage"]) == (True, False)
    second = api(TOPIC, slug="food", after=page["endCursor"]).data["topic"]["pins"]
    assert second["nodes"] == [{"title": "Bread"}]
    assert second["pageInfo"]["hasNextPage"] is False
    assert second["pageInfo"]["hasPreviousPage"] is True


def test_a_topic_shows_what_the_viewer_may_see(pins_of, outbox, staff):
    secret = make_pin(BoardFactory(is_secret=True), title="Secret bread")
    hidden = make_pin(title="Hidden bread")
    hide_pin(actor_id=staff, pin_id=hidden.pk, reason="a test")
    suspended = make_pin(title="Bread of somebody suspended")
    suspend_person(actor_id=staff, user_id=suspended.owner_id, reason="a test")
    make_pin(title="Unready bread", picture=PictureFactory(state="PROCESSING"))
    outbox.drain()
    assert pins_of("bread") == pins_of("bread", UserFactory()) == []
    assert pins_of("bread", secret.owner) == ["Secret bread"]
    assert pins_of("bread", hidden.owner) == ["Hidden bread"]


def test_deleted_pins_have_no_topics(pins_of, outbox):
    pin, other = make_pin(title="Bread"), make_pin(title="Rye")
    outbox.drain()
    delete_pin(actor_id=pin.owner_id, pin_id=pin.pk)
    assert pins_of("bread") == ["Rye"]
    assert set(PinTopic.objects.values_list("pin_id", flat=True)) == {other.pk}


def test_a_pin_does_not_name_a_topic_that_is_off(about, outbox, staff):
    pin = make_pin(title="Bread", description="for the cat")
    outbox.drain()
    switch_off_topic(actor_id=staff, topic_id=topic("bread").pk, reason="a test")
    assert about(pin) == ["cats"]


def test_retagging_after_the_words_changed(about, outbox, staff, capsys, monkeypatch):
    monkeypatch.setattr(holding, "CHUNK", 2)
    pins = [make_pin(title="Zopf") for _ in range(5)]
    outbox.drain()
    correct_topic(actor_id=staff, topic_id=topic("bread").pk, reason="a test", words=["zopf"])
    call_command("retag_pins", after=pins[2].pk)
    assert [about(pin) for pin in pins] == [[], [], [], ["bread"], ["bread"]]
    call_command("retag_pins")
    assert [about(pin) for pin in pins] == [["bread"]] * 5
    assert capsys.readouterr().out == "2 pins looked at.\n5 pins looked at.\n"


def test_retagging_writes_only_what_is_wrong(outbox, django_assert_num_queries):
    pins = [make_pin(title="Bread") for _ in range(3)]
    outbox.drain()
    with django_assert_num_queries(
        8
    ):  # to count, and in a savepoint: which, held, stamp, texts, tags
        call_command("retag_pins")
    PinTopic.objects.filter(pin=pins[1]).delete()
    with django_assert_num_queries(10):  # the tag, and the event that tells of it
        call_command("retag_pins")
    assert PinTopic.objects.filter(topic=topic("bread")).count() == 3


def test_the_newest_of_topics_in_one_statement(db, django_assert_num_queries):
    one, other, viewer = TopicFactory(), TopicFactory(), UserFactory()
    pins = [make_pin() for _ in range(6)]
    secret = make_pin(BoardFactory(is_secret=True))
    for pin in (*pins[:4], secret):
        make_tag(pin, one)
    for pin in pins[2:]:
        make_tag(pin, other)

    def newest(topics, limit, viewer_id=viewer.pk):
        with django_assert_num_queries(1):
            found = newest_of_topics(visible(viewer_id), [of.pk for of in topics], limit)
        return [Pin.objects.get(pk=pk) for pk in found]

    assert newest([one], 10) == pins[3::-1]
    assert newest([one, other], 10) == pins[::-1]
    assert newest([one, other], 3) == pins[:2:-1]
    assert newest([], 3) == newest([TopicFactory()], 3) == []
    assert newest([one], 2, secret.owner_id) == [secret, pins[3]]


def test_topics_of_a_whole_page_are_one_statement_more(api, outbox):
    board = BoardFactory()
    for title in ("Bread", "Cat", "Nothing"):
        make_pin(board, title=title)
    outbox.drain()
    query = "query($id: ID!) { node(id: $id) { ... on Board { pins { nodes { id %s } } } } }"
    bare = api(query % "", id=str(board.pk))
    answer = api(query % "topics { slug }", id=str(board.pk))
    pins = answer.data["node"]["pins"]["nodes"]
    assert [[one["slug"] for one in pin["topics"]] for pin in pins] == [[], ["cats"], ["bread"]]
    assert len(answer.statements) == len(bare.statements) + 1


def test_tagging_and_reading_tags_are_in_proportion(db):
    bread, board = topic("bread").pk, BoardFactory()

    def tag_and_read(crowd):
        tag_pins(pin_ids=[one.pin for one in crowd])
        newest = newest_of_topics(visible(board.owner_id), [bread], len(crowd))
        assert newest[:2] == [crowd[-1].saved, crowd[-1].pin]

    assert_in_proportion(partial(make_crowd, board), tag_and_read, most=80)
