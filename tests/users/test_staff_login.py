"""Logging in to the staff pages."""

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from tests.auth import PASSWORD
from tests.factories.users import UserFactory


@pytest.fixture
def staff(db):
    return UserFactory(username="mod", password=PASSWORD, is_staff=True)


def enter(client=None, **values):
    return (client or Client()).post(
        "/admin/login/", {"username": "mod", "password": PASSWORD, **values}
    )


@pytest.mark.parametrize("name", ["mod", "MOD", "mod@example.com", "Mod@Example.com"])
def test_by_username_or_address(staff, name):
    client = Client()
    answer = enter(client, username=name)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_for_staff_only(staff):
    UserFactory(username="ada", password=PASSWORD)
    answer = enter(username="ada")
    assert answer.status_code == 200
    assert "for a staff account" in answer.content.decode()


def test_guessing_is_slowed_down(staff):
    pages = [enter(password="wrong").content.decode() for _ in range(6)]
    assert ["Too many failed" in page for page in pages] == [False] * 5 + [True]
    assert enter().status_code == 200


def test_the_second_factor_is_asked_for(staff):
    secret = generate_totp_secret()
    staff.authenticator_set.create(type="totp", data={"secret": secret})
    client = Client()
    for wrong in ("", "000000"):
        assert enter(client, code=wrong).status_code == 200
    assert client.get("/admin/").status_code == 302
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert enter(client, code=code).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert enter(code=code).status_code == 200


def test_the_page_has_a_field_for_the_code(db):
    page = Client().get("/admin/login/").content.decode()
    assert 'name="code"' in page
    assert page.count('form="login-form"') == 1
