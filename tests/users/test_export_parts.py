"""What every app puts into a data export."""

import pytest

from apps.feed.services import hide_pin, report_activity, see_fewer, take_in_all
from apps.follows.services import follow_board, follow_person, follow_topic
from apps.media.models import Avatar
from apps.users.exporting import parts
from apps.users.services import block_person, mute_person
from tests.factories.boards import BoardFactory
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import topic
from tests.factories.users import UserFactory


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


def rows(name, person):
    return list(parts()[name](person.pk))


def test_every_app_has_its_part():
    assert set(parts()) == {
        *("profile", "sessions", "pictures", "boards", "pins"),
        *("followed_people", "board_choices", "followed_topics", "blocked_people", "muted_people"),
        *("hidden_pins", "seen_fewer", "authors_acted_on", "seen_lately"),
    }


def test_pins_with_what_they_were_saved_from(ada):
    board, original = BoardFactory(owner=ada, is_secret=True), make_pin(title="Rye")
    own = make_pin(board, title="Mine", note="for me", link="https://example.com/")
    save = make_save(original, board)
    first, second = rows("pins", ada)
    assert (first["id"], first["title"], first["note"]) == (str(own.pk), "Mine", "for me")
    assert (first["board_id"], first["link"]) == (str(board.pk), "https://example.com/")
    assert (second["id"], second["title"]) == (str(save.pk), "Rye")
    assert (first["saved_from_id"], second["saved_from_id"]) == (None, str(original.pk))


def test_pictures_with_their_addresses(ada):
    ready = PictureFactory(owner=ada)
    Avatar.objects.create(user=ada, picture=ready)
    waiting = PictureFactory(owner=ada, state="PROCESSING")
    PictureFactory(owner=UserFactory())
    first, second = rows("pictures", ada)
    assert (first["id"], first["is_avatar"], first["width"]) == (str(ready.pk), True, 1000)
    assert first["url"].endswith(".jpg")
    assert (second["id"], second["is_avatar"], second["url"]) == (str(waiting.pk), False, None)


def test_follows(ada):
    eve, board = UserFactory(username="eve"), BoardFactory()
    follow_person(follower_id=ada.pk, person_id=eve.pk)
    follow_board(follower_id=ada.pk, board_id=board.pk)
    follow_person(follower_id=eve.pk, person_id=ada.pk)
    follow_topic(follower_id=ada.pk, topic_id=topic("bread").pk)
    follow_topic(follower_id=eve.pk, topic_id=topic("cats").pk)
    (person,), (choice,) = rows("followed_people", ada), rows("board_choices", ada)
    assert person["person_id"] == str(eve.pk)
    assert (choice["board_id"], choice["is_following"]) == (str(board.pk), True)
    (bread,) = rows("followed_topics", ada)
    assert (bread["topic"], bread["topic_id"]) == ("Bread", str(topic("bread").pk))


def test_blocks_and_mutes_that_one_made(ada):
    eve, bob = UserFactory(), UserFactory()
    mute_person(muter_id=ada.pk, muted_id=eve.pk)
    block_person(blocker_id=ada.pk, blocked_id=bob.pk)
    block_person(blocker_id=eve.pk, blocked_id=ada.pk)
    mute_person(muter_id=eve.pk, muted_id=bob.pk)
    (blocked,), (muted,) = rows("blocked_people", ada), rows("muted_people", ada)
    assert blocked["person_id"] == str(bob.pk)
    assert muted["person_id"] == str(eve.pk)


def test_feedback_on_feeds(ada):
    pin, eve = make_pin(), UserFactory()
    save = make_save(pin, BoardFactory())
    hide_pin(person_id=ada.pk, pin_id=pin.pk)
    see_fewer(person_id=ada.pk, subject_id=eve.pk)
    report_activity(person_id=ada.pk, impressions=[save.pk], opens=[save.pk])
    hide_pin(person_id=eve.pk, pin_id=save.pk)
    report_activity(person_id=eve.pk, impressions=[pin.pk], opens=[pin.pk])
    take_in_all()
    (hidden,), (fewer,) = rows("hidden_pins", ada), rows("seen_fewer", ada)
    assert (hidden["pin_id"], fewer["subject_id"]) == (str(pin.pk), str(eve.pk))
    (author,) = rows("authors_acted_on", ada)
    assert (author["person_id"], author["saves"], author["opens"]) == (str(save.owner_id), 0, 1)
    assert rows("seen_lately", ada) == [{"first_pin_id": str(pin.pk)}]
