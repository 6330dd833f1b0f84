"""What of a fault reaches the client, and what the log has of it."""

import json
import logging

import graphene
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import RequestFactory

from pinboard import errors
from pinboard.graphql.batch import batch
from tests.endpoint.schemas import ask, body, endpoint

SECRET = "ada@example.com"


class Custom(errors.Invalid):
    """A refusal of an app's own."""


class Colour(graphene.Enum):
    RED = 1


class Query(graphene.ObjectType):
    python = graphene.String()
    sql = graphene.String()
    number = graphene.Int()
    colour = graphene.Field(Colour)
    needed = graphene.String(required=True)
    many = graphene.List(lambda: Thing)
    refused = graphene.String(kind=graphene.String(required=True))
    echo = graphene.Int(number=graphene.Int(required=True))

    def resolve_python(root, info):
        return {}[SECRET]

    def resolve_sql(root, info):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT '{SECRET}'::bigint")

    def resolve_number(root, info):
        return SECRET

    def resolve_colour(root, info):
        return SECRET

    def resolve_needed(root, info):
        return None

    @batch
    def resolve_many(roots, info):
        return [[1, 2, 3]]

    def resolve_refused(root, info, kind):
        if kind == "Custom":
            raise Custom.at("name", "Mend it.")
        raise getattr(errors, kind)("Do this instead.")

    def resolve_echo(root, info, number):
        return number


class Thing(graphene.ObjectType):
    broken = graphene.Int()

    @batch
    def resolve_broken(things, info):
        raise RuntimeError(SECRET)


@pytest.fixture
def view(db):
    return endpoint(Query)


def _references(caplog):
    return [
        r.msg["reference"]
        for r in caplog.records
        if isinstance(r.msg, dict) and "reference" in r.msg
    ]


@pytest.mark.parametrize("field", ["python", "sql", "number", "colour", "needed"])
def test_a_fault_of_ours_is_masked_and_can_be_looked_up(view, caplog, field):
    answer = ask(view, f"{{ {field} }}")
    (error,) = answer["errors"]
    reference = error["extensions"]["reference"]
    assert error["message"] == f"Something went wrong on our side. Reference: {reference}."
    assert error["extensions"] == {"code": "INTERNAL", "reference": reference}
    assert SECRET not in json.dumps(answer)
    assert _references(caplog) == [reference]
    assert SECRET not in caplog.text


def test_a_fault_that_many_objects_share_is_one_line_of_the_log(view, caplog):
    answer = ask(view, "{ many { broken } }")
    assert len(answer["errors"]) == 3
    assert {error["extensions"]["reference"] for error in answer["errors"]} == set(
        _references(caplog)
    )
    assert len(_references(caplog)) == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("NotFound", "NOT_FOUND"),
        ("Forbidden", "FORBIDDEN"),
        ("Unauthenticated", "UNAUTHENTICATED"),
        ("BadInput", "BAD_INPUT"),
        ("TooComplex", "TOO_COMPLEX"),
        ("RateLimited", "RATE_LIMITED"),
        ("Custom", "BAD_INPUT"),
    ],
)
def test_a_refusal_has_its_code_and_words(view, caplog, kind, code):
    (error,) = ask(view, "query($k: String!) { refused(kind: $k) }", k=kind)["errors"]
    assert error["extensions"] == {"code": code}
    assert error["message"] in ("Do this instead.", "Mend it.")
    assert _references(caplog) == []


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ echo(number: 1.5) }", {}),
        ("query($n: Int!) { echo(number: $n) }", {}),
        ("query($n: Int!) { echo(number: $n) }", {"n": "x"}),
        ("query($n: Int = 1) { echo(number: $n) }", {"n": None}),
        ("{ echo }", {}),
        ("{ nothing }", {}),
        ("{", {}),
        ("subscription { x }", {}),
        ("query A { echo(number: 1) } query B { echo(number: 1) }", {}),
        ("fragment F on Query { echo(number: 1) }", {}),
    ],
)
def test_what_a_document_does_wrong_is_told(view, caplog, query, variables):
    answer = ask(view, query, **variables)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_INPUT"}
    assert _references(caplog) == []


def test_a_fault_outside_of_every_resolver_is_masked_too(caplog, settings):
    def authenticate(request):
        raise ImproperlyConfigured(SECRET)

    view = endpoint(Query, authenticate=authenticate)
    response = view(RequestFactory().post("/graphql", "{}", "application/json"))
    (error,) = body(response)["errors"]
    assert response.status_code == 500
    assert error["extensions"]["code"] == "INTERNAL"
    assert _references(caplog) == [error["extensions"]["reference"]]
    assert SECRET not in response.content.decode() + caplog.text
    assert logging.ERROR in {record.levelno for record in caplog.records}
