"""What staff do: each through a service, with a reason, and a line in the audit log."""

import pytest
from django.utils import timezone

from apps.boards.models import Board
from apps.feed.models import HiddenPin, SeenFewer
from apps.feed.services import hide_pin, see_fewer
from apps.follows.models import BoardFollow, PersonFollow, TopicFollow
from apps.follows.services import follow_board, follow_person, follow_topic
from apps.pins.models import Pin
from apps.users.models import User
from pinboard.audit.models import AuditEntry
from pinboard.events.models import Delivery, Event
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin
from tests.factories.topics import topic
from tests.factories.users import UserFactory


def press(client, page, subject, act, reason="because"):
    """The button on an object's page, its dialog filled in."""
    return client.post(
        f"/admin/{page}/{subject}/{act}/", {"reason": reason, "_form_submitted": "on"}
    )


def select(client, page, act, *subjects, reason="because", **more):
    """The action of the list."""
    form = {"action": act, "_selected_action": subjects, "reason": reason, **more}
    return client.post(f"/admin/{page}/", form, follow=True)


def lines():
    """The audit log, oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "subject_id", "reason"))


def sees(api, viewer, pin):
    answer = api.as_(viewer)("query Q($id: ID!) { node(id: $id) { id } }", id=str(pin.pk))
    return answer.data["node"] is not None


def test_a_pin_is_hidden_and_restored(staff, api):
    pin, viewer, moderator = make_pin(), UserFactory(), staff("moderator")
    page = f"/admin/pins/pin/{pin.pk}/change/"
    assert "/hide/" in moderator.get(page).content.decode()
    answer = press(moderator, "pins/pin", pin.pk, "hide", "Not a recipe.")
    assert answer["HX-Redirect"] == page
    assert not sees(api, viewer, pin)
    shown = moderator.get(page).content.decode()
    assert "/restore/" in shown
    assert "/hide/" not in shown
    press(moderator, "pins/pin", pin.pk, "restore", "It is one.")
    assert sees(api, viewer, pin)
    assert lines() == [
        ("pins.hide", pin.pk, "Not a recipe."),
        ("pins.restore", pin.pk, "It is one."),
    ]
    assert set(AuditEntry.objects.values_list("actor_id", flat=True)) == {moderator.user.pk}


@pytest.mark.parametrize("selected", ["abc", "", "9" * 30])
def test_what_is_no_id_is_not_acted_on(staff, selected):
    pin = make_pin()
    assert select(staff(), "pins/pin", "hide", pin.pk, selected).status_code == 400
    assert lines() == []


def test_staff_are_for_superusers_to_suspend_and_restore(staff):
    moderator, chief = staff("moderator"), staff()
    colleague = UserFactory(is_staff=True)
    for act in ("suspend", "restore"):
        for subject in (colleague, chief.user):
            page = select(moderator, "users/user", act, subject.pk).content.decode()
            assert "whom superusers alone keep out or let in" in page
    assert lines() == []
    press(chief, "users/user", colleague.pk, "suspend")
    page = select(moderator, "users/user", "restore", colleague.pk).content.decode()
    assert "whom superusers alone keep out or let in" in page
    press(chief, "users/user", colleague.pk, "restore")
    assert lines() == [
        ("users.suspend", colleague.pk, "because"),
        ("users.restore", colleague.pk, "because"),
    ]


def test_a_person_is_suspended_and_restored(staff, api):
    pin, viewer, moderator = make_pin(), UserFactory(), staff("moderator")
    press(moderator, "users/user", pin.owner_id, "suspend")
    assert not sees(api, viewer, pin)
    select(moderator, "users/user", "restore", pin.owner_id)
    assert sees(api, viewer, pin)
    assert lines() == [
        ("users.suspend", pin.owner_id, "because"),
        ("users.restore", pin.owner_id, "because"),
    ]


def test_many_at_once_each_by_itself(staff):
    moderator = staff("moderator")
    pins = [make_pin() for _ in range(3)]
    page = select(moderator, "pins/pin", "hide", *(pin.pk for pin in pins))
    assert "Hide: 3 done." in page.content.decode()
    assert Pin.objects.filter(hidden_at=None).count() == 0
    page = select(moderator, "users/user", "suspend", moderator.user.pk, pins[0].owner_id)
    text = page.content.decode()
    assert "You can&#x27;t suspend yourself." in text
    assert "Suspend: 1 done." in text


def test_nothing_is_done_without_a_reason(staff):
    moderator, pin = staff("moderator"), make_pin()
    page = select(moderator, "pins/pin", "hide", pin.pk, reason=" ")
    assert "Say why, for the audit log." in page.content.decode()
    assert (
        "This field is required."
        in press(moderator, "pins/pin", pin.pk, "hide", "").content.decode()
    )
    assert Pin.objects.get().hidden_at is None
    assert lines() == []


def test_no_more_than_a_hundred_are_selected(staff, monkeypatch):
    monkeypatch.setattr("pinboard.staff.admin.MAX_SELECTED", 2)
    for _ in range(3):
        make_pin()
    page = select(staff(), "pins/pin", "hide", 1, select_across="1")
    assert "Select at most 2 at a time." in page.content.decode()
    assert lines() == []


@pytest.mark.parametrize("group", ["support", "engineer"])
def test_moderation_is_for_moderators(staff, group):
    client, pin = staff(group), make_pin()
    assert press(client, "pins/pin", pin.pk, "hide").status_code == 403
    assert press(client, "users/user", pin.owner_id, "suspend").status_code == 403
    select(client, "pins/pin", "hide", pin.pk)
    assert "/hide/" not in client.get(f"/admin/pins/pin/{pin.pk}/change/").content.decode()
    assert lines() == []


@pytest.mark.parametrize("subject", ["0", "abc", "99999999999999999999999", "5"])
def test_an_act_on_what_does_not_exist(staff, subject):
    assert press(staff(), "pins/pin", subject, "hide").status_code == 404


def test_a_pins_page_says_what_it_is_about(staff, outbox):
    pin = make_pin(title="Rye", description="for the cat")
    outbox.drain()
    page = staff("support").get(f"/admin/pins/pin/{pin.pk}/change/").content.decode()
    assert "Bread, Cats" in page


def test_a_pin_is_deleted(staff, outbox):
    pin = make_pin()
    answer = press(staff("moderator"), "pins/pin", pin.pk, "remove")
    assert answer["HX-Redirect"] == "/admin/pins/pin/"
    assert not Pin.objects.exists()
    assert lines() == [("pins.remove", pin.pk, "because")]


def test_a_board_is_deleted_with_its_pins(staff, outbox):
    pin = make_pin()
    press(staff("moderator"), "boards/board", pin.board_id, "remove")
    outbox.drain()
    assert not Board.objects.exists()
    assert not Pin.objects.exists()
    assert lines() == [("boards.remove", pin.board_id, "because")]


def test_follows_are_ended(staff, outbox):
    ada, board = UserFactory(), BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    follow_board(follower_id=ada.pk, board_id=board.pk)
    follow_topic(follower_id=ada.pk, topic_id=topic("bread").pk)
    support = staff("support")
    press(support, "follows/personfollow", PersonFollow.objects.get().pk, "end")
    press(support, "follows/boardfollow", BoardFollow.objects.get().pk, "end")
    press(support, "follows/topicfollow", TopicFollow.objects.get().pk, "end")
    assert not PersonFollow.objects.exists()
    assert not BoardFollow.objects.exists()
    assert not TopicFollow.objects.exists()
    assert lines() == [("follows.end", ada.pk, "because")] * 3


def test_a_dead_letter_is_replayed(staff):
    event = Event.objects.create(name="pins.PinCreated", payload={})
    letter = Delivery.objects.create(
        event=event, subscriber="feed.fan_out", queue="fanout", attempts=12, dead_at=timezone.now()
    )
    engineer = staff("engineer")
    assert "feed.fan_out" in engineer.get("/admin/events/delivery/?state=dead").content.decode()
    press(engineer, "events/delivery", letter.pk, "replay", "The store is back.")
    letter.refresh_from_db()
    assert (letter.dead_at, letter.attempts) == (None, 0)
    page = select(engineer, "events/delivery", "replay", letter.pk)
    assert "This is no dead letter any more." in page.content.decode()
    assert lines() == [("events.replay", event.pk, "The store is back.")]


def correct(client, page, subject, **values):
    """Change an object's form, all other fields as they are."""
    address = f"/admin/{page}/{subject}/change/"
    form = client.get(address).context["adminform"].form
    values = {**{name: value or "" for name, value in form.initial.items()}, **values}
    return client.post(address, values, follow=True)


def test_texts_are_corrected(staff):
    section = SectionFactory()
    pin = make_pin(section.board, title="Bred", note="mine alone")
    moderator = staff("moderator")
    correct(moderator, "pins/pin", pin.pk, title="Bread", reason="spelling")
    correct(moderator, "boards/board", pin.board_id, name="Baking", reason="spelling")
    correct(moderator, "boards/section", section.pk, name="Rolls", reason="spelling")
    pin.refresh_from_db()
    section.refresh_from_db()
    assert (pin.title, pin.note) == ("Bread", "mine alone")
    assert (pin.board.name, pin.board.slug, section.name) == ("Baking", "baking", "Rolls")
    assert [action for action, *_ in lines()] == [
        "pins.correct",
        "boards.correct",
        "sections.correct",
    ]
    page = moderator.get(f"/admin/pins/pin/{pin.pk}/change/").content.decode()
    assert "mine alone" not in page


def test_topics_are_corrected_and_switched(staff, api):
    bread, moderator, query = (
        topic("bread"),
        staff("moderator"),
        '{ topic(slug: "bread") { name } }',
    )
    correct(
        moderator, "topics/topic", bread.pk, name="Loaves", words="loaf, zopf", reason="clearer"
    )
    assert topic("bread").words == ["loaf", "zopf"]
    assert api(query).data["topic"] == {"name": "Loaves"}
    page = correct(moderator, "topics/topic", bread.pk, words="loaf, !", reason="clearer")
    assert "“!” has no letter or digit. Remove it." in page.content.decode()
    press(moderator, "topics/topic", bread.pk, "switch_off")
    assert api(query).data["topic"] is None
    press(moderator, "topics/topic", bread.pk, "switch_on")
    assert api(query).data["topic"] == {"name": "Loaves"}
    assert press(staff("support"), "topics/topic", bread.pk, "switch_off").status_code == 403
    assert [action for action, *_ in lines()] == [
        "topics.correct",
        "topics.switch_off",
        "topics.switch_on",
    ]


def test_support_corrects_a_profile(staff):
    ada, support = UserFactory(username="adda"), staff("support")
    UserFactory(username="eve")
    taken = correct(support, "users/user", ada.pk, username="EVE", reason="asked for it")
    assert User.objects.get(pk=ada.pk).username == "adda"
    assert taken.context["adminform"].form.errors == {
        "__all__": ["This username is taken. Choose another one."]
    }
    correct(support, "users/user", ada.pk, username="ada", website="ada.example", reason="asked")
    found = User.objects.get(pk=ada.pk)
    assert (found.username, found.website) == ("ada", "https://ada.example")
    assert lines() == [("users.correct", ada.pk, "asked")]


def test_a_correction_wants_a_reason(staff):
    ada = UserFactory(display_name="Ada")
    page = correct(staff("support"), "users/user", ada.pk, display_name="Eve")
    assert page.context["adminform"].form.errors == {"reason": ["This field is required."]}
    assert User.objects.get(pk=ada.pk).display_name == "Ada"


def test_superusers_appoint_staff(staff):
    ada, boss, support = UserFactory(), staff(), staff("support")
    group = support.user.groups.get()
    office = {"is_staff": "on", "groups": [group.pk]}
    correct(support, "users/user", ada.pk, reason="a coup", **office)
    assert not User.objects.get(pk=ada.pk).is_staff
    correct(boss, "users/user", ada.pk, reason="hired", **office)
    found = User.objects.get(pk=ada.pk)
    assert (found.is_staff, list(found.groups.all())) == (True, [group])
    page = correct(boss, "users/user", boss.user.pk, reason="power", groups=[group.pk])
    assert "Ask a colleague." in page.content.decode()
    assert lines() == [("users.appoint", ada.pk, "hired")]


def test_support_takes_feedback_back(staff):
    pin, person = make_pin(), UserFactory()
    hide_pin(person_id=person.pk, pin_id=pin.pk)
    see_fewer(person_id=person.pk, subject_id=pin.owner_id)
    client, hidden, fewer = staff("support"), HiddenPin.objects.get(), SeenFewer.objects.get()
    for group in ("moderator", "engineer"):
        assert press(staff(group), "feed/hiddenpin", hidden.pk, "end").status_code == 403
    press(client, "feed/hiddenpin", hidden.pk, "end", "They asked.")
    press(client, "feed/seenfewer", fewer.pk, "end", "They asked.")
    assert press(client, "feed/hiddenpin", hidden.pk, "end").status_code == 404
    assert not HiddenPin.objects.exists()
    assert not SeenFewer.objects.exists()
    assert lines() == [
        ("feed.unhide", person.pk, "They asked."),
        ("feed.undo_fewer", person.pk, "They asked."),
    ]


def test_feedback_on_something_is_found_from_its_page(staff):
    pin, person = make_pin(), UserFactory()
    hide_pin(person_id=person.pk, pin_id=pin.pk)
    see_fewer(person_id=person.pk, subject_id=pin.board_id)
    client = staff("moderator")
    for page, subject, listed in (
        ("pins/pin", pin.pk, f"/admin/feed/hiddenpin/?pin_id={pin.pk}"),
        ("boards/board", pin.board_id, f"/admin/feed/seenfewer/?subject_id={pin.board_id}"),
    ):
        assert listed in client.get(f"/admin/{page}/{subject}/change/").content.decode()
        assert len(client.get(listed).context["cl"].result_list) == 1
