"""Every list of the staff pages: its cost, and who sees it."""

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.feed.models import HiddenPin, LargeAuthor, SeenFewer
from apps.follows.models import BoardFollow, PersonFollow, TopicFollow
from apps.users.models import Block, DataExport, Mute
from pinboard.audit.models import record
from pinboard.events.models import Delivery, Event
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin
from tests.factories.topics import TopicFactory
from tests.factories.users import UserFactory

# The member of staff, and the rows; groups are for the filter of people, levels for that of
# topics, the outbox's two figures stand above deliveries.
COSTS = {
    "users.User": 3,
    "users.DataExport": 2,
    "users.Block": 2,
    "users.Mute": 2,
    "media.Picture": 2,
    "boards.Board": 2,
    "boards.Section": 2,
    "pins.Pin": 2,
    "follows.PersonFollow": 2,
    "follows.BoardFollow": 2,
    "feed.LargeAuthor": 2,
    "feed.HiddenPin": 2,
    "feed.SeenFewer": 2,
    "follows.TopicFollow": 2,
    "topics.Topic": 3,
    "events.Event": 2,
    "events.Delivery": 4,
    "audit.AuditEntry": 2,
}
SEEN = {
    "moderator": {
        "users.User",
        "users.Block",
        "users.Mute",
        "media.Picture",
        "boards.Board",
        "boards.Section",
        "pins.Pin",
        "follows.PersonFollow",
        "follows.BoardFollow",
        "follows.TopicFollow",
        "topics.Topic",
        "feed.HiddenPin",
        "feed.SeenFewer",
        "audit.AuditEntry",
    }
}
SEEN["support"] = SEEN["moderator"] | {"users.DataExport"}
SEEN["engineer"] = SEEN["support"] | {"events.Event", "events.Delivery", "feed.LargeAuthor"}


def address(label):
    return f"/admin/{label.replace('.', '/').lower()}/"


def a_bit_of_everything():
    pin = make_pin()
    follower = UserFactory()
    PersonFollow.objects.create(follower=follower, person_id=pin.owner_id)
    BoardFollow.objects.create(follower=follower, board_id=pin.board_id, is_following=True)
    Block.objects.create(blocker=follower, blocked_id=pin.owner_id)
    Mute.objects.create(muter=follower, muted_id=pin.owner_id)
    TopicFollow.objects.create(follower=follower, topic=TopicFactory())
    SectionFactory(board=BoardFactory())
    LargeAuthor.objects.create(person=follower)
    HiddenPin.objects.create(
        person=follower, pin_id=pin.pk, line_id=pin.pk, picture_id=pin.picture_id
    )
    SeenFewer.objects.create(person=follower, subject_id=pin.board_id)
    export = DataExport(user=follower, expires_at=timezone.now())
    export.file = f"{follower.pk}.zip"
    export.save()
    event = Event.objects.create(name="pins.PinCreated", payload={})
    Delivery.objects.create(event=event, subscriber="feed.fan_out", queue="fanout")
    record(actor_id=follower.pk, action="pins.hide", subject_id=pin.pk, reason="a test")


def test_every_list_has_a_price():
    assert {model._meta.label for model in site._registry} == set(COSTS)


def test_a_list_costs_the_same_for_many(staff):
    client = staff()
    a_bit_of_everything()
    for label in COSTS:
        client.get(
            address(label)
        )  # from now on the session is in the cache, and what processes keep
    for count in (1, 20):
        for _ in range(count - 1):
            a_bit_of_everything()
        for label, cost in COSTS.items():
            with CaptureQueriesContext(connection) as captured:
                page = client.get(address(label))
            statements = [query["sql"] for query in captured.captured_queries]
            assert len(statements) == cost, (label, statements)
            assert page.status_code == 200, label
            assert len(page.context["cl"].result_list) >= count, label


@pytest.mark.parametrize("group", SEEN)
def test_a_group_sees_its_lists(staff, group):
    client = staff(group)
    seen = {label for label in COSTS if client.get(address(label)).status_code == 200}
    assert seen == SEEN[group]


def test_a_stranger_sees_none(staff, client):
    client.force_login(UserFactory())
    answers = {client.get(address(label)).status_code for label in COSTS}
    assert answers == {302}


def test_staff_without_a_group_see_none(staff):
    client = staff("nobody")
    assert {client.get(address(label)).status_code for label in COSTS} == {403}


@pytest.mark.parametrize("label", COSTS)
def test_nobody_writes_around_the_services(staff, label):
    client = staff()
    a_bit_of_everything()
    model = next(one for one in site._registry if one._meta.label == label)
    pk = model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    assert client.get(f"{address(label)}{pk}/change/").status_code == 200
    assert client.post(f"{address(label)}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{address(label)}add/").status_code == 403
    client.post(
        address(label), {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
    )
    assert model._default_manager.filter(pk=pk).exists()
