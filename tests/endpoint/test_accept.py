"""In which media type answers come: what `Accept` wants most."""

import pytest
from django.test import Client

JSON, MODERN = "application/json", "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("text/html", JSON),
        (JSON, JSON),
        (MODERN, MODERN),
        (f"{MODERN}; charset=utf-8, {JSON}; charset=utf-8", MODERN),
        (f"{MODERN}, {JSON};q=0.9", MODERN),
        (f"{JSON}, {MODERN}", MODERN),
        (f"{JSON};q=0.5,{MODERN};q=0.8", MODERN),
        (f"{MODERN};q=0.5, {JSON};q=0.8", JSON),
        (f"{MODERN};q=0, {JSON}", JSON),
        (f"{MODERN};q=0", JSON),
        (f"{MODERN};q=0.5, */*", JSON),
        (f"{MODERN};q=0.5, application/*;q=0.4, */*", MODERN),
        (f"{MODERN};q=0.5, {JSON};q=0, */*", MODERN),
        (f"{MODERN};q=much", MODERN),
        (f"{MODERN};q=nan", JSON),
        (f"{MODERN};q*=nothing''1", JSON),
        (f"{'a/b,' * 50}{MODERN}", JSON),
    ],
)
def test_what_is_wanted_most_is_sent(db, accept, media_type):
    headers = {} if accept is None else {"Accept": accept}
    answer = Client().get("/graphql", {"query": "{ nothing }"}, headers=headers)
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.status_code == (400 if media_type == MODERN else 200)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize("accept", ["application/json", "text/html;q=0, */*"])
def test_graphiql_is_for_who_takes_it(db, settings, accept):
    settings.GRAPHIQL = True
    assert Client().get("/graphql", headers={"Accept": accept}).json()["errors"]
