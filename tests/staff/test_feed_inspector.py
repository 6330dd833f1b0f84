"""Staff look at somebody's home feed: what led to each entry, why others are left out, and who looked."""

import re
from datetime import timedelta

import pytest
from django_redis import get_redis_connection

from apps.feed import authors
from apps.feed.models import LargeAuthor, Seen
from apps.feed.services import hide_pin, inspect_feed, see_fewer
from apps.feed.sources import popular, topics
from apps.follows.services import follow_person, follow_topic
from apps.users.services import erase_person, request_account_deletion, suspend_person
from pinboard.audit.models import AuditEntry
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.topics import TopicFactory, make_tag
from tests.factories.users import UserFactory

PAGE = "/admin/feed/inspector/"


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


def rows(response):
    """The table's rows as texts by column."""
    text = response.content.decode()
    columns = re.findall(r"<th[^>]*>(.*?)</th>", text)
    found = []
    for row in re.findall(r"<tr class=\"border-t\">(.*?)</tr>", text, re.S):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        texts = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        found.append(dict(zip(columns, texts, strict=True)))
    return found


def test_each_candidate_with_what_led_to_it(ada, staff, outbox):
    board, other = BoardFactory(), BoardFactory()
    for one in (board, other):
        follow_person(follower_id=ada.pk, person_id=one.owner_id)
    shown, hidden, less = make_pin(board), make_pin(board), make_pin(other)
    copy = make_save(shown, other)
    stranger = make_pin()
    outbox.drain()
    popular.refresh()
    hide_pin(person_id=ada.pk, pin_id=hidden.pk)
    see_fewer(person_id=ada.pk, subject_id=board.pk)
    page = staff("support").post(PAGE, {"person": "@ada", "reason": "a complaint"})
    table = {int(row["Pin"].split()[0]): row for row in rows(page)}
    assert set(table) == {shown.pk, hidden.pk, less.pk, copy.pk, stranger.pk}
    assert [row["Place"] for row in rows(page)] == ["1", "1", "2", "3", ""]
    assert table[shown.pk]["Pin"] == f"{shown.pk} copy of {copy.pk}"
    assert (table[shown.pk]["fewer"], table[copy.pk]["fewer"]) == ("1.0", "0.0")
    assert table[less.pk]["Sources"] == "followed, popular"
    assert (table[less.pk]["Reason"], table[less.pk]["person"]) == ("followed person", "1.0")
    assert (table[stranger.pk]["Sources"], table[stranger.pk]["Reason"]) == ("popular", "popular")
    assert table[hidden.pk]["Left out, since"] == "the viewer has hidden it"
    scores = [float(row["Score"]) for row in rows(page) if row["Place"]]
    assert float(table[less.pk]["Score"]) in scores


def test_a_look_is_on_record(ada, staff):
    client = staff("moderator")
    assert rows(client.post(PAGE, {"person": str(ada.pk), "reason": "a look"})) == []
    entry = AuditEntry.objects.get()
    told = (entry.actor_id, entry.action, entry.subject_id, entry.reason)
    assert told == (client.user.pk, "feed.inspect", ada.pk, "a look")


@pytest.mark.parametrize(
    ("person", "reason", "problem"),
    [
        ("@nobody", "a look", "There is no such person"),
        ("123456", "a look", "There is no such person"),
        ("@ada", " ", "This field is required"),
        ("", "a look", "This field is required"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_shown(ada, staff, person, reason, problem):
    page = staff("engineer").post(PAGE, {"person": person, "reason": reason})
    assert problem in page.content.decode()
    assert "candidates" not in page.content.decode()
    assert not AuditEntry.objects.exists()


def test_a_look_changes_nothing(ada, staff, api, outbox):
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    make_pin(board)
    outbox.drain()
    query = "{ viewer { homeFeed { nodes { id } } } }"
    before = api.as_(ada)(query).data
    staff().post(PAGE, {"person": "@ada", "reason": "a look"})
    assert api.as_(ada)(query).data == before


def in_valkey():
    """All that is there: by key the value, and when it runs out."""
    client = get_redis_connection("default")
    return {key: (client.dump(key), client.pexpiretime(key)) for key in client.keys("*")}


def flush():
    """Valkey and this process know nothing any more."""
    get_redis_connection("default").flushdb()
    authors.everybody.cache_clear()
    popular.at_hand.cache_clear()
    topics.forget_newest()


def look(actor, person):
    """The sources of each candidate, in order, and why it is left out."""
    found = inspect_feed(actor_id=actor.pk, person=f"@{person.username}", reason="a look")
    return [(one.fact.id, one.sources, one.dropped) for one in found]


def test_a_look_leaves_valkey_as_it_is(ada, api, outbox):
    board, large, about = BoardFactory(), BoardFactory(), TopicFactory()
    for one in (board, large):
        follow_person(follower_id=ada.pk, person_id=one.owner_id)
    follow_topic(follower_id=ada.pk, topic_id=about.pk)
    LargeAuthor.objects.create(person_id=large.owner_id)
    tagged, seen, merged = make_pin(), make_pin(board), make_pin(large)
    outbox.drain()
    make_tag(tagged, about)
    Seen.objects.create(person_id=ada.pk, lines=[seen.pk])
    actor = UserFactory(is_staff=True)
    flush()
    cold = look(actor, ada)
    assert cold == [
        (merged.pk, ["followed", "popular"], []),
        (tagged.pk, ["topic", "popular"], []),
        (seen.pk, ["followed", "popular"], []),  # it comes last where there is little else
    ]
    assert in_valkey() == {}
    flush()
    api.as_(ada)("{ viewer { homeFeed { nodes { id } } } }")
    warm = in_valkey()
    assert len(warm) > 6
    assert look(actor, ada) == cold
    assert in_valkey() == warm


def suspend(person):
    suspend_person(actor_id=UserFactory().pk, user_id=person.pk, reason="a test")


def leave(person):
    request_account_deletion(actor_id=person.pk)


@pytest.mark.parametrize("go", [suspend, leave])
def test_who_is_suspended_or_leaving_is_looked_at_too(ada, outbox, go):
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    pin = make_pin(board)
    go(ada)
    outbox.drain()
    assert look(UserFactory(is_staff=True), ada) == [(pin.pk, ["followed", "popular"], [])]
    assert AuditEntry.objects.filter(action="feed.inspect").get().subject_id == ada.pk


def test_nobody_is_left_to_be_looked_at_once_erased(ada, staff, outbox, settings):
    settings.DELETION_GRACE = timedelta(0)
    leave(ada)
    erase_person(user_id=ada.pk)
    page = staff("support").post(PAGE, {"person": str(ada.pk), "reason": "a look"})
    assert "There is no such person" in page.content.decode()


def test_whoever_may_not_look_does_not(ada, staff, client):
    assert client.get(PAGE).status_code == 302
    stranger = UserFactory(is_staff=True)
    client.force_login(stranger)
    assert client.post(PAGE, {"person": "@ada", "reason": "a look"}).status_code == 403
    assert not AuditEntry.objects.exists()
    page = staff("support").get(PAGE)
    assert page.status_code == 200
    assert "Feed inspector" in page.content.decode()
