"""Automatic persisted queries: the document once, then its hash."""

import hashlib
import json

import pytest
from django.core.cache import cache
from django.test import Client
from django_redis import get_redis_connection

from pinboard.cache import keys
from tests.factories.users import UserFactory

OTHER = "{ viewer { id } }"
QUERY = "query Name($id: ID!) { user(id: $id) { username } }"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text=QUERY, **changes):
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(text), **changes}}


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def send(api, ada):
    def send(**body):
        return api.send({"variables": {"id": str(ada.pk)}, **body})

    return send


def test_the_document_once_then_its_hash(send):
    unknown = send(extensions=persisted())
    assert (unknown.status, unknown.codes) == (200, ["PERSISTED_QUERY_NOT_FOUND"])
    assert unknown.body["errors"][0]["message"] == "PersistedQueryNotFound"
    first = send(query=QUERY, extensions=persisted())
    later = send(extensions=persisted())
    assert first.data == later.data == {"user": {"username": "ada"}}


def test_a_get_by_hash(send, ada):
    send(query=QUERY, extensions=persisted())
    answer = Client().get(
        "/graphql",
        {
            "extensions": json.dumps(persisted()),
            "variables": json.dumps({"id": str(ada.pk)}),
        },
        headers={"Content-Type": "application/json"},
    )
    assert answer.json()["data"] == {"user": {"username": "ada"}}


def test_what_valkey_loses_comes_again(send):
    """What a process has planned, it knows without Valkey too; what it has not, clients send again."""
    text = "{ viewer { location } }"
    send(query=QUERY, extensions=persisted())
    cache.set(keys.document(sha256(text)), text)
    get_redis_connection("default").flushdb()
    assert send(extensions=persisted()).data == {"user": {"username": "ada"}}
    assert send(extensions=persisted(text)).codes == ["PERSISTED_QUERY_NOT_FOUND"]
    send(query=text, extensions=persisted(text))
    assert send(extensions=persisted(text)).data == {"viewer": None}


def test_what_another_process_was_sent(send):
    text = "{ viewer { about } }"
    cache.set(keys.document(sha256(text)), text)
    assert send(extensions=persisted(text)).data == {"viewer": None}


def test_a_hash_of_another_document_is_refused(send):
    text = "{ viewer { website } }"
    answer = send(query=QUERY, extensions=persisted(text))
    assert (answer.status, answer.codes) == (400, ["BAD_INPUT"])
    assert send(extensions=persisted(text)).codes == ["PERSISTED_QUERY_NOT_FOUND"]


def test_what_is_not_valid_is_not_kept(send):
    wrong = "{ nothing }"
    assert send(query=wrong, extensions=persisted(wrong)).codes == ["BAD_INPUT"]
    assert send(extensions=persisted(wrong)).codes == ["PERSISTED_QUERY_NOT_FOUND"]


@pytest.mark.parametrize(
    "extensions",
    [
        persisted(version=2),
        persisted(sha256Hash="abc"),
        persisted(sha256Hash=7),
        {"persistedQuery": "x"},
    ],
)
def test_a_malformed_extension_is_refused(send, extensions):
    assert send(extensions=extensions).codes == ["BAD_INPUT"]


def test_other_extensions_are_left_alone(send):
    for extensions in ({}, {"trace": 1}, None):
        assert send(query=QUERY, extensions=extensions).data == {"user": {"username": "ada"}}
    for extensions in ([], "text", 7, True):
        answer = send(query=QUERY, extensions=extensions)
        assert (answer.status, answer.codes) == (400, ["BAD_INPUT"])


def test_where_it_is_off_clients_are_told_so(send, settings):
    settings.PERSISTED_DOCUMENTS = "off"
    assert send(query=QUERY, extensions=persisted()).data == {"user": {"username": "ada"}}
    answer = send(extensions=persisted())
    assert answer.body["errors"][0]["message"] == "PersistedQueryNotSupported"


def test_where_there_is_a_list_only_its_documents_are_taken(send, settings, tmp_path):
    settings.PERSISTED_DOCUMENTS = "listed"
    settings.PERSISTED_DOCUMENTS_FILE = tmp_path / "documents.json"
    settings.PERSISTED_DOCUMENTS_FILE.write_text(json.dumps({sha256(QUERY): QUERY}))
    assert send(extensions=persisted()).data == {"user": {"username": "ada"}}
    assert send(query=QUERY).data == {"user": {"username": "ada"}}
    for body in ({"query": OTHER}, {"query": OTHER, "extensions": persisted(OTHER)}):
        answer = send(**body)
        assert answer.codes == ["PERSISTED_QUERY_NOT_FOUND"]
        assert "Only listed documents" in answer.body["errors"][0]["message"]
    assert send(extensions=persisted(OTHER)).codes == ["PERSISTED_QUERY_NOT_FOUND"]
