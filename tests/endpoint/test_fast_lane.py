"""What is answered in front of Django's handler is answered as Django would."""

import io
import json
import uuid
from http.client import responses

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from config.api import endpoint
from pinboard.graphql.fast_lane import FastLane
from pinboard.postgres.base import DatabaseWrapper
from tests.factories.users import UserFactory

QUERY = "{ viewer { username } }"


class Wsgi:
    """Calls a WSGI application; `django` counts what went through Django."""

    def __init__(self):
        self.django = 0
        self._handler = WSGIHandler()
        self.application = FastLane(self._through_django, reverse("graphql"), endpoint)

    def _through_django(self, environ, start_response):
        self.django += 1
        return self._handler(environ, start_response)

    def __call__(self, body=None, **changes):
        return self._asked(self.application, body, **changes)

    def of_django(self, body=None, **changes):
        """What Django's handler answers by itself."""
        return self._asked(self._handler, body, **changes)

    def _asked(self, application, body, path="/graphql", method="POST", query="", **headers):
        content = json.dumps({"query": QUERY} if body is None else body).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.input": io.BytesIO(content),
            "wsgi.url_scheme": "http",
            **headers,
        }
        seen = {}

        def start_response(status, headers):
            seen["status"], seen["headers"] = status, sorted(headers)

        answer = application(environ, start_response)
        content = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return seen["status"], dict(seen["headers"]), content


@pytest.fixture
def wsgi(monkeypatch):
    signals = (request_started, request_finished)
    for signal in signals:  # the test's connection is in a transaction, and stays
        signal.disconnect(close_old_connections)
    monkeypatch.setattr(DatabaseWrapper, "begin_request", lambda _self: None)
    yield Wsgi()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def cookie(ada):
    """Ada's session as a browser has it, with the token against forgery."""
    client = Client()
    client.force_login(ada)
    session = client.cookies["session"].value
    return {"HTTP_COOKIE": f"session={session}; csrftoken={'t' * 32}", "HTTP_X_CSRFTOKEN": "t" * 32}


def answered(content):
    return json.loads(content)["data"]


def test_a_session_is_opened_by_django_once(wsgi, cookie):
    first, second = wsgi(**cookie), wsgi(**cookie)
    assert answered(first[2]) == answered(second[2]) == {"viewer": {"username": "ada"}}
    assert wsgi.django == 1


HTTPS = {"wsgi.url_scheme": "https"}
PROXIED = {"HTTP_X_FORWARDED_PROTO": "https"}
PRODUCTION = {"SECURE_SSL_REDIRECT": True, "SECURE_HSTS_SECONDS": 31_536_000}
BEHIND_A_PROXY = {**PRODUCTION, "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}
STRICT = {
    "SECURE_HSTS_SECONDS": 60,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SECURE_REFERRER_POLICY": ["origin", "same-origin"],
    "X_FRAME_OPTIONS": "sameorigin",
}
LAX = {
    "SECURE_CONTENT_TYPE_NOSNIFF": False,
    "SECURE_REFERRER_POLICY": None,
    "SECURE_CROSS_ORIGIN_OPENER_POLICY": None,
}
SETTINGS = {
    "development": ({}, {}, None),
    "production": (PRODUCTION, HTTPS, "max-age=31536000"),
    "production behind a proxy": (BEHIND_A_PROXY, PROXIED, "max-age=31536000"),
    "HTTPS wanted of who came by HTTPS": (STRICT, HTTPS, "max-age=60; includeSubDomains; preload"),
    "HTTP taken where HTTPS is known": (STRICT, {}, None),
    "as little as can be": (LAX, HTTPS, None),
}
MODERN = {"HTTP_ACCEPT": "application/graphql-response+json"}
REQUESTS = {
    "an answer": {},
    "an answer of the modern type": MODERN,
    "a query by GET": {"method": "GET", "query": "query=%7B__typename%7D"},
    "a mutation by GET": {"method": "GET", "query": "query=mutation%7B__typename%7D"},
    "a refused document": {"body": {"query": "{ nothing }"}, **MODERN},
    "no JSON object": {"body": []},
    "another media type": {"CONTENT_TYPE": "text/plain"},
    "no token against forgery": {"HTTP_X_CSRFTOKEN": ""},
    "too many bytes": {"CONTENT_LENGTH": "99999999999"},
}


@pytest.mark.parametrize("deployment", SETTINGS)
@pytest.mark.parametrize("name", REQUESTS)
def test_both_ways_have_the_same_headers(wsgi, cookie, settings, deployment, name):
    changes, how, strict = SETTINGS[deployment]
    wsgi(**cookie)
    for setting, value in changes.items():
        setattr(settings, setting, value)
    both = Wsgi()
    request = {**cookie, **how, **REQUESTS[name]}
    slow, fast = both.of_django(**request), both(**request)
    assert both.django == 0
    assert fast[:2] == slow[:2]
    assert fast[1]["Content-Length"] == str(len(fast[2]))
    assert fast[1]["Vary"] == "Accept, Authorization, Cookie"
    assert fast[1]["Cache-Control"] == "no-store"
    assert fast[1].get("Strict-Transport-Security") == strict


def test_a_session_that_is_opened_changes_no_header(wsgi, cookie):
    slow, fast = wsgi(**cookie), wsgi(**cookie)
    assert wsgi.django == 1
    assert fast[:2] == slow[:2]
    assert fast[1]["X-Content-Type-Options"] == "nosniff"
    assert fast[1]["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["of_django", "__call__"])
def test_a_request_s_id_is_ours_whatever_the_client_says(wsgi, cookie, path):
    wsgi(**cookie)
    with capture_logs(processors=[merge_contextvars]) as lines:
        getattr(wsgi, path)(HTTP_X_REQUEST_ID="a client's", **cookie)
    finished = [one for one in lines if one["event"] == "request_finished"]
    assert [uuid.UUID(one["request_id"]).version for one in finished] == [4]


def test_nobody_needs_no_session(wsgi, db):
    status, _, content = wsgi()
    assert (status, answered(content), wsgi.django) == ("200 OK", {"viewer": None}, 0)


def test_a_cookie_without_its_token_is_refused(wsgi, cookie):
    wsgi(**cookie)
    status, _, content = wsgi(HTTP_COOKIE=cookie["HTTP_COOKIE"])
    assert status == f"403 {responses[403]}"
    assert json.loads(content)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert wsgi.django == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "/health/live", "method": "GET"},
        {"path": "/graphql/"},
        {"method": "OPTIONS"},
        {"method": "GET"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": ""},
    ],
)
def test_whatever_is_not_plain_goes_to_django(wsgi, db, changes):
    wsgi(**changes)
    assert wsgi.django == 1


def test_plain_http_goes_to_django_where_https_is_wanted(wsgi, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    status, headers, _ = Wsgi()()
    assert (status, headers["Location"]) == ("301 Moved Permanently", "https://localhost/graphql")


def test_an_unknown_host_is_refused(wsgi, db):
    assert wsgi(HTTP_HOST="evil.example")[0] == "400 Bad Request"


def test_a_get_with_a_query_is_answered(wsgi, db):
    status, _, content = wsgi(method="GET", query="query=%7B__typename%7D")
    assert (status, answered(content), wsgi.django) == ("200 OK", {"__typename": "Query"}, 0)


@pytest.mark.parametrize("body", [[], "text", {}, {"query": "{ nothing }"}])
def test_what_is_wrong_is_told_alike(wsgi, cookie, body):
    slow, fast = wsgi(body, **cookie), wsgi(body, **cookie)
    assert wsgi.django in (1, 2)
    assert (slow[0], slow[2]) == (fast[0], fast[2])
    assert json.loads(fast[2])["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_its_line_in_the_log_says_which_request_and_who(wsgi, ada, cookie):
    wsgi(**cookie)
    with capture_logs(processors=[merge_contextvars]) as lines:
        wsgi(**cookie)
    (line,) = [one for one in lines if one["event"] == "request_finished"]
    assert uuid.UUID(line.pop("request_id")).version == 4
    assert line == {
        "event": "request_finished",
        "log_level": "info",
        "code": 200,
        "request": "POST /graphql",
        "user_id": ada.pk,
    }
    assert get_contextvars() == {}
