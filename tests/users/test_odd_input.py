"""No value that a client can send breaks `/auth/`."""

import pytest

from tests.auth import PASSWORD, Auth, person
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

ODD = [
    *("", " ", "\0", "\n", "x" * 50_000, "é" * 300, "١٢٣٤", "a@b", f"{'x' * 300}@example.com"),
    *(f"x@{'y' * 300}.com", "ü@exämple.com", "a\r\nBcc: b@c.de@example.com", "\ud800", "😀😀😀"),
    *(0, -1, 1.5, True, None, [], ["ada"], [1], {}, {"a": "b"}, 10**400, "1-1-1", "a:b:c"),
]
FORMS = {
    "auth/signup": {**person("bob"), "display_name": "Bob"},
    "auth/login": {"username": "ada", "email": "ada@example.com", "password": PASSWORD},
    "auth/password/request": {"email": "ada@example.com"},
    "auth/password/reset": {"key": "1-1-1", "password": PASSWORD},
    "auth/email/verify": {"key": "a:b:c"},
    "auth/2fa/authenticate": {"code": "000000"},
    "auth/reauthenticate": {"password": PASSWORD},
    "account/password/change": {"current_password": PASSWORD, "new_password": PASSWORD},
    "account/email": {"email": "new@example.com"},
    "account/authenticators/totp": {"code": "000000"},
}


ANONYMOUS = {"auth/signup", "auth/login"}


@pytest.fixture(autouse=True)
def without_limits(settings):
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", password=PASSWORD)


@pytest.mark.parametrize("path", FORMS)
def test_a_value_is_taken_or_refused(ada, path):
    logged_in = Auth()
    logged_in.log_in(username="ada")
    for field in FORMS[path]:
        for number, value in enumerate(ODD):
            form = {**FORMS[path], field: value}
            if path == "auth/login":
                form.pop({"username": "email"}.get(field, "username"))
            for token in (None, logged_in.token) if path not in ANONYMOUS else (None,):
                answer = Auth(token=token).post(path, **form)
                assert answer.status_code < 500, (field, number)


@pytest.mark.parametrize("sessions", [*ODD, ["x"], [10**30], [None], [[1]], ["\ud800"]])
def test_sessions_to_end(ada, sessions):
    auth = Auth()
    auth.log_in(username="ada")
    answer = auth.send("DELETE", "auth/sessions", {"sessions": sessions})
    assert answer.status_code < 500


@pytest.mark.parametrize("header", ["X-Email-Verification-Key", "X-Password-Reset-Key"])
@pytest.mark.parametrize(
    "value", ["", "x", "a:b:c", "1-1-1", "é", "9" * 5_000, "zzzzzzzzzzzzzzzzz-1"]
)
def test_keys_to_look_at(ada, header, value):
    path = "auth/email/verify" if "Email" in header else "auth/password/reset"
    assert Auth().send("GET", path, **{header: value}).status_code == 400
