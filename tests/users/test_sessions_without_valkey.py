"""Sessions while nobody answers where Valkey is."""

import pytest

from apps.users.sessions import let_go
from tests.factories.users import UserFactory

ME = "{ viewer { username } }"


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def lose_valkey(settings):
    """`lose_valkey()`: from now on it is away."""

    def lose():
        nowhere = {**settings.CACHES["default"], "LOCATION": ["redis://127.0.0.1:1/0"]}
        settings.CACHES = {"default": nowhere}

    return lose


def me(client):
    return client(ME).data["viewer"]["username"]


def test_who_is_logged_in_stays_so(api, ada, lose_valkey):
    client = api.as_(ada)
    assert me(client) == "ada"
    lose_valkey()
    let_go(client.session)  # as another process, which has not seen it
    assert me(client) == "ada"


def test_who_logs_in_is_in(api, ada, lose_valkey):
    lose_valkey()
    assert me(api.as_(ada)) == "ada"
