"""Who the API takes a request to come from."""

import json
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.users.services import restore_person, suspend_person
from tests.api import Api
from tests.auth import PASSWORD, Auth
from tests.factories.users import UserFactory

VIEWER = "{ viewer { username } }"
RENAME = """
mutation { updateProfile(input: {displayName: "Countess"}) { viewer { displayName } } }
"""


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", password=PASSWORD)


@pytest.fixture
def token(ada):
    auth = Auth()
    auth.log_in(username="ada")
    return auth.token


@pytest.fixture
def browser(ada):
    """A browser's client, logged in, that checks CSRF as a real server does."""
    auth = Auth("browser", Client(enforce_csrf_checks=True))
    auth.send("GET", "config")
    csrf = auth.client.cookies["csrftoken"].value
    answer = auth.send(
        "POST", "auth/login", {"username": "ada", "password": PASSWORD}, **{"X-CSRFToken": csrf}
    )
    assert answer.status_code == 200
    return auth.client


def bearer(api, token, query=VIEWER):
    return api.send({"query": query}, Authorization=f"Bearer {token}")


def csrf(browser):
    return {"X-CSRFToken": browser.cookies["csrftoken"].value}


class TestBearer:
    def test_a_token_is_its_person(self, api, token):
        answer = bearer(api, token)
        assert answer.data == {"viewer": {"username": "ada"}}
        # Whose session it is, and the viewer; the session itself comes from the cache.
        assert len(answer.statements) == 2

    def test_a_token_needs_no_csrf(self, token):
        answer = bearer(Api(Client(enforce_csrf_checks=True)), token, RENAME)
        assert answer.data["updateProfile"]["viewer"] == {"displayName": "Countess"}

    def test_the_scheme_is_read_whatever_its_case(self, api, token):
        answer = api.send({"query": VIEWER}, Authorization=f"bearer {token}")
        assert answer.data["viewer"] == {"username": "ada"}

    @pytest.mark.parametrize(
        "header",
        ["Bearer", "Bearer ", "Bearer x", f"Bearer {'0' * 32}", "Bearer a b", "Basic YTpi", "x",
         f"Bearer {'a' * 8_000}", "Bearer é\x00", "Bearer ' OR 1=1 --"],
    )  # fmt: skip
    def test_a_wrong_one_is_an_error(self, api, token, header):
        answer = api.send({"query": VIEWER}, Authorization=header)
        assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])

    def test_an_expired_one_is_an_error(self, api, token):
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        cache.clear()
        assert bearer(api, token).codes == ["UNAUTHENTICATED"]

    def test_without_the_cache_it_is_still_its_person(self, api, token):
        cache.clear()
        assert bearer(api, token).data == {"viewer": {"username": "ada"}}

    def test_the_cookie_beside_it_counts_for_nothing(self, browser):
        answer = bearer(Api(browser), "0" * 32)
        assert answer.codes == ["UNAUTHENTICATED"]


class TestCookie:
    def test_it_wants_the_csrf_token(self, browser):
        api = Api(browser)
        for headers in ({}, {"X-CSRFToken": "0" * 32}, {"X-CSRFToken": ""}):
            answer = api.send({"query": RENAME}, **headers)
            assert answer.codes == ["FORBIDDEN"]
        answer = api.send({"query": RENAME}, **csrf(browser))
        assert answer.data["updateProfile"]["viewer"] == {"displayName": "Countess"}

    def test_another_origin_is_refused(self, browser):
        headers = {**csrf(browser), "Origin": "https://evil.example"}
        assert Api(browser).send({"query": VIEWER}, **headers).codes == ["FORBIDDEN"]

    def test_a_form_that_cant_be_read_is_the_requests_fault(self, browser):
        """Without the header Django looks for the token in the form."""
        answer = browser.post("/graphql", b"{}", content_type="multipart/form-data; boundary=\xff")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"

    def test_multipart_wants_it_too(self, browser):
        form = {"operations": json.dumps({"query": RENAME}), "map": "{}"}
        body = json.loads(browser.post("/graphql", form).content)
        assert body["errors"][0]["extensions"] == {"code": "FORBIDDEN"}

    def test_get_reads_without_it(self, browser):
        answer = browser.get("/graphql", {"query": VIEWER})
        assert json.loads(answer.content)["data"] == {"viewer": {"username": "ada"}}

    def test_get_writes_nothing(self, browser, ada):
        answer = browser.get("/graphql", {"query": RENAME})
        assert "errors" in json.loads(answer.content)
        ada.refresh_from_db()
        assert ada.display_name != "Countess"

    @pytest.mark.parametrize("value", ["", "x", "0" * 32, "é" * 40])
    def test_a_dead_one_is_nobody(self, db, value):
        client = Client()
        client.cookies[configured.SESSION_COOKIE_NAME] = value
        assert Api(client)(VIEWER).data == {"viewer": None}

    def test_nobody_costs_no_statement(self, api, db):
        answer = api(VIEWER)
        assert (answer.data, answer.statements) == ({"viewer": None}, [])


def test_a_suspended_person_is_out_at_once_and_comes_back_by_logging_in(api, ada, browser, token):
    moderator = UserFactory(is_staff=True)
    suspend_person(actor_id=moderator.pk, user_id=ada.pk, reason="spam")
    assert bearer(api, token).codes == ["UNAUTHENTICATED"]
    assert Api(browser).send({"query": VIEWER}, **csrf(browser)).data == {"viewer": None}
    assert Auth(token=token).send("GET", "auth/session").status_code in (401, 410)

    restore_person(actor_id=moderator.pk, user_id=ada.pk, reason="a mistake")
    assert bearer(api, token).codes == ["UNAUTHENTICATED"]
    again = Auth()
    assert again.log_in(username="ada").status_code == 200
    assert bearer(api, again.token).data == {"viewer": {"username": "ada"}}
