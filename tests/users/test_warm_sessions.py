"""Who asks is known for some seconds without Postgres, and who is out is out."""

from threading import Event
from time import monotonic

import pytest
from cachetools import TTLCache
from django.test import Client

from apps.users import sessions
from apps.users.services import suspend_person
from pinboard.events.outbox import deliver_due
from tests.auth import PASSWORD, Auth
from tests.factories.users import UserFactory

VIEWER = "{ viewer { username } }"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(transactional_db):
    return UserFactory(username="ada", password=PASSWORD)


@pytest.fixture(params=["token", "cookie"])
def ask(request, ada, api):
    """Asks as ada, by a bearer token or a browser's cookie; and how she logs out."""
    auth = Auth("app" if request.param == "token" else "browser", Client())
    assert auth.log_in(username="ada").status_code == 200

    def send():
        headers = {"Authorization": f"Bearer {auth.token}"} if auth.token else {}
        api.client = auth.client if not auth.token else Client()
        return api.send({"query": VIEWER}, **headers)

    send.log_out = lambda: auth.send("DELETE", "auth/session")
    return send


def is_out(answer):
    return answer.codes == ["UNAUTHENTICATED"] or answer.data == {"viewer": None}


def test_a_warm_request_asks_postgres_only_for_what_it_wants(ask):
    cold, warm = ask(), ask()
    assert warm.data == cold.data == {"viewer": {"username": "ada"}}
    (only,) = warm.statements
    assert "users_user" in only
    assert len(cold.statements) > len(warm.statements)


def test_a_suspended_person_is_out_at_once(ask, ada):
    ask()
    suspend_person(actor_id=UserFactory().pk, user_id=ada.pk, reason="a test")
    assert is_out(ask())


def test_who_logs_out_is_out_at_once(ask):
    ask()
    ask.log_out()
    assert is_out(ask())


def test_a_session_that_ended_elsewhere_is_out_within_seconds(ask, ada, monkeypatch):
    monkeypatch.setattr(sessions, "KNOWN_SECONDS", 2)
    monkeypatch.setattr(sessions, "_at_hand", TTLCache(maxsize=10, ttl=0.2))
    ada.set_password("another one entirely")  # which takes its time
    ask()
    ada.save()
    assert not is_out(ask())  # of this nobody was told
    pause, deadline = Event(), monotonic() + 10
    while not is_out(ask()):  # asking does not keep it alive
        assert monotonic() < deadline
        pause.wait(0.1)


def test_a_request_that_was_slow_does_not_bring_an_ended_session_back(ask, ada):
    ask()
    (key,) = ada.usersession_set.values_list("session_key", flat=True)
    suspend_person(actor_id=UserFactory().pk, user_id=ada.pk, reason="a test")
    sessions.remember_viewer(key, ada.pk)
    assert sessions.known_viewer(key) is None
    assert is_out(ask())


def test_an_end_that_was_not_told_is_told_by_its_event(ask, ada, monkeypatch):
    ask()
    (key,) = ada.usersession_set.values_list("session_key", flat=True)
    with monkeypatch.context() as patch:  # the process ends between the commit and what follows it
        patch.setattr(sessions, "forget", lambda digests: None)
        suspend_person(actor_id=UserFactory().pk, user_id=ada.pk, reason="a test")
    sessions.let_go(key)
    assert sessions.known_viewer(key) == ada.pk
    deliver_due()
    assert sessions.known_viewer(key) is None
    assert is_out(ask())


def test_nobodys_key_is_nobody(api):
    for token in ("", "x", "x" * 32, "ä"):
        assert api.send({"query": VIEWER}, Authorization=f"Bearer {token}").codes == [
            "UNAUTHENTICATED"
        ]
