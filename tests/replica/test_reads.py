"""Queries read from a replica: nobody misses what they wrote, and nothing is older than it may be."""

import pytest

from apps.feed import store
from apps.follows.services import follow_person
from apps.users.models import User
from tests.auth import PASSWORD, session_of
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

ADA = '{ user(username: "ada") { displayName } }'
MINE = "{ viewer { displayName } }"
RENAME = (
    "mutation($to: String!) { updateProfile(input: {displayName: $to}) { viewer { displayName } } }"
)
FEED = "{ viewer { followingFeed(first: 5) { nodes { id } } } }"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(replica):
    return UserFactory(username="ada", display_name="Ada", password=PASSWORD)


def rename(person, to):
    User.objects.filter(pk=person.pk).update(display_name=to)


def test_a_query_reads_from_the_replica(replica, patient, ada):
    patient.read_from("replica")
    replica.pause()
    rename(ada, "Lady Lovelace")
    assert patient.ask(ADA) == {"user": {"displayName": "Ada"}}
    replica.go_on()
    replica.catch_up()
    assert patient.ask(ADA) == {"user": {"displayName": "Lady Lovelace"}}


def test_who_has_written_finds_what_they_wrote_and_others_do_later(replica, patient, ada):
    token, other = session_of(ada), session_of(UserFactory())
    patient.read_from("replica")
    replica.pause()
    written = patient.ask(RENAME, token, to="Countess")
    assert written == {"updateProfile": {"viewer": {"displayName": "Countess"}}}
    assert patient.ask(MINE, token) == {"viewer": {"displayName": "Countess"}}
    assert patient.ask(ADA, other) == {"user": {"displayName": "Ada"}}


def test_who_is_new_is_found_though_the_replica_lacks_them(replica, patient, ada):
    patient.read_from("replica")
    replica.pause()
    UserFactory(username="grace", display_name="Grace", password=PASSWORD)
    login = patient.post(
        "/auth/app/v1/auth/login", json={"username": "grace", "password": PASSWORD}
    )
    token = login.json()["meta"]["session_token"]
    assert patient.ask(MINE, token) == {"viewer": {"displayName": "Grace"}}


def test_what_is_kept_is_read_from_the_primary(replica, patient, ada):
    board = BoardFactory(owner=ada)
    reader = UserFactory()
    follow_person(follower_id=reader.pk, person_id=ada.pk)
    token = session_of(reader)
    patient.read_from("replica")
    replica.pause()
    pin = make_pin(board)
    assert patient.ask(FEED, token) == {"viewer": {"followingFeed": {"nodes": []}}}
    assert store.read(reader.pk) == [pin.pk]
    replica.go_on()
    replica.catch_up()
    assert len(patient.ask(FEED, token)["viewer"]["followingFeed"]["nodes"]) == 1


def test_a_replica_that_is_too_far_behind_is_not_read_from(replica, hasty, ada):
    hasty.read_from("replica")
    replica.pause()
    rename(ada, "Lady Lovelace")
    assert hasty.read_from("behind", ADA) == {"user": {"displayName": "Lady Lovelace"}}
    replica.go_on()
    # Or another of its threads, which has looked later, may still read what was there a moment ago.
    replica.catch_up()
    assert hasty.read_from("replica", ADA) == {"user": {"displayName": "Lady Lovelace"}}


def test_a_replica_that_dies_is_done_without_until_it_is_back(replica, patient, ada):
    patient.read_from("replica")
    assert patient.get("/health/ready").json()["checks"]["replica"]["ok"]
    replica.stop()
    rename(ada, "Lady Lovelace")
    assert patient.ask(ADA) == {"user": {"displayName": "Lady Lovelace"}}
    health = patient.get("/health/ready")
    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    replica.start()
    assert patient.read_from("replica", ADA) == {"user": {"displayName": "Lady Lovelace"}}
