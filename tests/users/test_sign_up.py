"""Signing up and verifying the address, through `/auth/`."""

import json

import pytest
from django.core import mail

from apps.users.models import User
from tests.auth import Auth, pending, problems
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["app", "browser"])
def test_the_whole_way(kind):
    auth = Auth(kind)
    answer = auth.sign_up("Ada", display_name="Ada L.", email="Ada@Example.com")
    assert (answer.status_code, pending(answer)) == (401, ["verify_email"])
    user = User.objects.get()
    assert (user.username, user.email, user.display_name) == ("Ada", "ada@example.com", "Ada L.")
    assert user.password.startswith("argon2$argon2id$")
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    assert "http://127.0.0.1:8000/verify-email/" in mail.outbox[0].body

    answer = auth.verify()
    assert answer.status_code == 200
    shown = json.loads(answer.content)["data"]["user"]
    assert (shown["id"], shown["username"]) == (str(user.pk), "Ada")
    assert auth.send("GET", "auth/session").status_code == 200


def test_nobody_logs_in_before_the_address_is_verified():
    Auth().sign_up("ada")
    answer = Auth().log_in(username="ada")
    assert (answer.status_code, pending(answer)) == (401, ["verify_email"])


def test_the_link_logs_in_nobody_who_did_not_sign_up():
    Auth().sign_up("ada")
    other = Auth()
    assert other.verify().status_code == 401
    assert other.token is None
    assert Auth().log_in(username="ada").status_code == 200


def test_verification_is_a_setting(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    auth = Auth()
    assert auth.sign_up("ada").status_code == 200
    assert auth.send("GET", "auth/session").status_code == 200
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"username": "ab"}, [("username", "min_length")]),
        ({"username": "a" * 31}, [("username", "max_length")]),
        ({"username": "ada lovelace"}, [("username", "invalid")]),
        ({"username": "ada-l"}, [("username", "invalid")]),
        ({"username": "adà"}, [("username", "invalid")]),
        ({"username": "Admin"}, [("username", "reserved")]),
        ({"username": "GraphQL"}, [("username", "reserved")]),
        ({"username": ""}, [("username", "required")]),
        ({"username": "EVE"}, [("username", "username_taken")]),
        ({"email": "nowhere"}, [("email", "invalid")]),
        ({"email": ""}, [("email", "required")]),
        ({"password": "short"}, [("password", "password_too_short")]),
        ({"password": "password1"}, [("password", "password_too_common")]),
        ({"display_name": "x" * 61}, [("display_name", "max_length")]),
        ({"display_name": "\u200b"}, [("display_name", "invalid")]),
        ({"username": "ad\0a"}, [("username", "null_characters_not_allowed")]),
    ],
)
def test_what_is_refused(changes, expected):
    UserFactory(username="eve")
    answer = Auth().sign_up("ada", **changes)
    assert answer.status_code == 400
    found = problems(answer)
    assert set(expected) <= set(found)
    assert {param for param, _ in found} == {param for param, _ in expected}
    assert list(User.objects.values_list("username", flat=True)) == ["eve"]
    assert mail.outbox == []


def test_a_known_address_gets_the_answer_of_an_unknown_one():
    UserFactory(username="eve", email="eve@example.com")
    known = Auth().sign_up("ada", email="Eve@example.com")
    unknown = Auth().sign_up("bob")
    assert (known.status_code, unknown.status_code) == (401, 401)
    bodies = [json.loads(answer.content) for answer in (known, unknown)]
    for body in bodies:
        del body["meta"]["session_token"]
    assert bodies[0] == bodies[1]
    assert "has an account already" in mail.outbox[0].body
    assert set(User.objects.values_list("username", flat=True)) == {"eve", "bob"}


def test_a_mail_server_that_is_away_fails_no_request(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert Auth().sign_up("ada").status_code == 401
    assert User.objects.get().username == "ada"


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "null", '{"username": {"a": 1}}', "\xff"])
def test_malformed_bodies_are_refused(body):
    answer = Auth().client.generic(
        "POST", "/auth/app/v1/auth/signup", body, content_type="application/json"
    )
    assert answer.status_code == 400


def test_too_many_sign_ups_from_one_address():
    codes = [Auth().sign_up(f"person{n}", password="x").status_code for n in range(21)]
    assert codes == [400] * 20 + [429]


class TestProxies:
    """Whose address counts."""

    def sign_up_from(self, forwarded):
        return Auth().send("POST", "auth/signup", {}, **{"X-Forwarded-For": forwarded}).status_code

    def test_without_proxies_the_header_is_not_believed(self):
        codes = [self.sign_up_from(f"10.0.0.{n}") for n in range(21)]
        assert codes == [400] * 20 + [429]

    def test_behind_a_proxy_its_last_entry_counts(self, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        codes = [self.sign_up_from(f"1.1.1.{n}, 10.0.0.7") for n in range(21)]
        assert codes == [400] * 20 + [429]
        assert self.sign_up_from("10.0.0.8") == 400

    def test_past_the_proxies_is_refused(self, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
        assert self.sign_up_from("10.0.0.7") == 403
