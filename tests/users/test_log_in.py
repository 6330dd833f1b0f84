"""Logging in, passwords, sessions and second factors, through `/auth/`."""

import json
import logging

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail

from tests.auth import PASSWORD, Auth, mailed_key, pending, problems
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return UserFactory(username="Ada", email="ada@example.com", password=PASSWORD)


def logged_in(**credentials):
    auth = Auth()
    answer = auth.log_in(**(credentials or {"username": "Ada"}))
    assert answer.status_code == 200, answer.content
    return auth


def confirm_password(auth):
    """What sensitive changes want first."""
    assert auth.post("auth/reauthenticate", password=PASSWORD).status_code == 200


def still_in(auth):
    return auth.send("GET", "auth/session").status_code == 200


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "Ada"},
        {"username": "aDA"},
        {"email": "ada@example.com"},
        {"email": "ADA@example.com"},
    ],
)
def test_by_username_or_address_whatever_the_case(ada, credentials):
    assert still_in(logged_in(**credentials))


@pytest.mark.parametrize("name", ["Ada", "nobody"])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(ada, name):
    answer = Auth().log_in("wrong", username=name)
    assert answer.status_code == 400
    assert json.loads(answer.content)["errors"] == [
        {
            "message": "The username and/or password you specified are not correct.",
            "code": "username_password_mismatch",
            "param": "password",
        }
    ]


def test_guessing_is_slowed_down_for_the_account_from_everywhere(ada):
    codes = [problems(Auth().log_in("wrong", username="Ada"))[0][1] for _ in range(6)]
    assert codes == ["username_password_mismatch"] * 5 + ["too_many_login_attempts"]
    assert problems(Auth().log_in(username="Ada"))[0][1] == "too_many_login_attempts"


def test_logs_hold_nothing_personal(ada, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        Auth().log_in("my-secret-guess", email="ada@example.com")
        Auth().post("auth/password/request", email="ada@example.com")
        Auth().sign_up("bobby")
        logged_in()
    written = caplog.text + "".join(capfd.readouterr())
    assert "POST /auth/app/v1/auth/login" in written
    for secret in ("my-secret-guess", "ada@example", "bobby", "127.0.0.1", PASSWORD):
        assert secret not in written


def test_log_out_ends_the_token(ada):
    auth = logged_in()
    assert auth.send("DELETE", "auth/session").status_code == 401
    assert auth.send("GET", "auth/session").status_code == 410


@pytest.mark.parametrize("token", ["x", "0" * 32, "Z" * 32, "é" * 32, "a" * 5_000])
def test_an_unknown_token_is_gone(ada, token):
    assert Auth(token=token).send("GET", "auth/session").status_code == 410


class TestPasswords:
    """Forgetting and changing them."""

    def test_reset(self, ada):
        old = logged_in()
        auth = Auth()
        assert auth.post("auth/password/request", email="Ada@example.com").status_code == 200
        assert "http://127.0.0.1:8000/reset-password/" in mail.outbox[-1].body
        key = mailed_key("reset-password")
        answer = auth.post("auth/password/reset", key=key, password="another-good-one")
        assert answer.status_code == 401  # done, and to log in with now
        assert Auth().log_in(username="Ada").status_code == 400
        assert Auth().log_in("another-good-one", username="Ada").status_code == 200
        assert not still_in(old)
        again = auth.post("auth/password/reset", key=key, password="a-third-good-one")
        assert problems(again) == [("key", "invalid_password_reset")]

    def test_nobody_learns_which_addresses_have_an_account(self, ada):
        answers = [
            Auth().post("auth/password/request", email=f"{name}@example.com")
            for name in ("ada", "nobody")
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content
        assert [message.subject for message in mail.outbox] == [
            "Choose a new password",
            "There is no account with this e-mail address",
        ]

    def test_requests_are_limited_for_an_address(self, ada):
        codes = [
            Auth().post("auth/password/request", email="ada@example.com").status_code
            for _ in range(6)
        ]
        assert codes == [200] * 5 + [429]

    def test_change_ends_the_other_sessions(self, ada):
        here, there = logged_in(), logged_in()
        answer = here.post(
            "account/password/change", current_password=PASSWORD, new_password="another-good-one"
        )
        assert answer.status_code == 200
        assert still_in(here)
        assert not still_in(there)
        assert mail.outbox[-1].subject == "Password Changed"

    def test_change_wants_the_old_one_and_is_limited(self, ada):
        auth = logged_in()
        answers = [
            auth.post("account/password/change", current_password="x", new_password="good-enough-1")
            for _ in range(6)
        ]
        assert problems(answers[0]) == [("current_password", "enter_current_password")]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429]


class TestAddress:
    """One address a person."""

    def test_the_new_one_counts_once_it_is_verified(self, ada):
        auth = logged_in()
        assert auth.post("account/email", email="New@example.com").status_code == 401
        confirm_password(auth)
        assert auth.post("account/email", email="New@example.com").status_code == 200
        ada.refresh_from_db()
        assert ada.email == "ada@example.com"
        assert mail.outbox[-1].to == ["new@example.com"]
        assert auth.verify().status_code == 200
        ada.refresh_from_db()
        assert ada.email == "new@example.com"
        assert list(ada.emailaddress_set.values_list("email", "verified", "primary")) == [
            ("new@example.com", True, True)
        ]

    def test_somebody_was_faster(self, ada):
        auth = logged_in()
        confirm_password(auth)
        auth.post("account/email", email="new@example.com")
        key = mailed_key("verify-email")
        UserFactory(username="eve", email="new@example.com").emailaddress_set.all().delete()
        answer = auth.post("auth/email/verify", key=key)
        assert (answer.status_code, problems(answer)) == (400, [(None, "email_taken")])
        ada.refresh_from_db()
        assert ada.email == "ada@example.com"

    def test_the_last_one_stays(self, ada):
        auth = logged_in()
        confirm_password(auth)
        auth.send("DELETE", "account/email", {"email": "ada@example.com"})
        ada.refresh_from_db()
        assert ada.email == "ada@example.com"
        assert ada.emailaddress_set.count() == 1


class TestSessions:
    """Seeing and ending them."""

    def test_list_and_end(self, ada):
        here, there = logged_in(), logged_in()
        listed = json.loads(here.send("GET", "auth/sessions").content)["data"]
        assert [one["is_current"] for one in listed] == [True, False]
        assert listed[0]["ip"] == "127.0.0.1"
        other = listed[1]["id"]
        answer = here.send("DELETE", "auth/sessions", {"sessions": [other]})
        assert answer.status_code == 200
        assert still_in(here)
        assert not still_in(there)

    def test_nobody_ends_sessions_of_others(self, ada):
        UserFactory(username="eve", password=PASSWORD)
        victim, eve = logged_in(), logged_in(username="eve")
        theirs = json.loads(victim.send("GET", "auth/sessions").content)["data"][0]["id"]
        answer = eve.send("DELETE", "auth/sessions", {"sessions": [theirs]})
        assert problems(answer) == [("sessions", "invalid_choice")]
        assert still_in(victim)


class TestSecondFactor:
    """TOTP and recovery codes."""

    def turn_on(self, auth):
        answer = auth.send("GET", "account/authenticators/totp")
        assert answer.status_code == 404
        secret = json.loads(answer.content)["meta"]["secret"]
        assert auth.post("account/authenticators/totp", code=self.code(secret)).status_code == 401
        confirm_password(auth)
        answer = auth.post("account/authenticators/totp", code=self.code(secret))
        assert answer.status_code == 200, answer.content
        return secret

    def code(self, secret):
        return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    def test_totp_is_asked_for_and_counts_once(self, ada):
        secret = self.turn_on(logged_in())
        auth = Auth()
        answer = auth.log_in(username="Ada")
        assert (answer.status_code, pending(answer)) == (401, ["mfa_authenticate"])
        assert not still_in(auth)
        wrong = auth.post("auth/2fa/authenticate", code="000000")
        assert problems(wrong) == [("code", "incorrect_code")]
        code = self.code(secret)
        assert auth.post("auth/2fa/authenticate", code=code).status_code == 200
        assert still_in(auth)
        thief = Auth()
        thief.log_in(username="Ada")
        assert thief.post("auth/2fa/authenticate", code=code).status_code == 400

    def test_a_recovery_code_lets_in_once(self, ada):
        auth = logged_in()
        self.turn_on(auth)
        listed = json.loads(auth.send("GET", "account/authenticators/recovery-codes").content)
        code = listed["data"]["unused_codes"][0]
        for status in (200, 400):
            again = Auth()
            again.log_in(username="Ada")
            assert again.post("auth/2fa/authenticate", code=code).status_code == status


def test_a_suspended_person_is_told_so_only_for_the_right_password(ada):
    ada.is_active = False
    ada.save()
    answer = Auth().log_in(username="Ada")
    assert (answer.status_code, problems(answer)) == (403, [(None, "account_inactive")])
    wrong = Auth().log_in("wrong", username="Ada")
    assert problems(wrong) == [("password", "username_password_mismatch")]
