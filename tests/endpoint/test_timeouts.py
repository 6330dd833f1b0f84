"""A statement that takes too long is ended by Postgres, and told as such."""

import json

import graphene
import httpx
import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from pinboard.graphql.batch import batch
from pinboard.postgres.statements import Statement
from pinboard.sql import Later, rows
from tests.endpoint.schemas import ask, endpoint
from tests.factories.users import UserFactory
from tests.processes import run
from tests.web import web_process

SLEEP = "SELECT 1 FROM pg_sleep(20)"
TIMEOUT = {
    "message": "This took too long. Ask for less, or try again in a minute.",
    "extensions": {"code": "TIMEOUT"},
}
# Settings are loaded once; each module is, and asks, in a process that is forked before there is a connection.
SHOW = """
import importlib, os, sys
from django.db import connection
for module in sys.argv[1:]:
    if os.fork() == 0:
        importlib.import_module(module)
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            print(module, cursor.fetchone()[0])
        break
    os.wait()
"""
LIMITS = {"config": "0", "config.celery": "0", "config.wsgi": "10s", "config.asgi": "10s"}


class Query(graphene.ObjectType):
    quick = graphene.Int(resolver=batch(lambda roots, info: read("SELECT 1")))
    asleep = graphene.Int(resolver=batch(lambda roots, info: read(SLEEP)))
    alone = graphene.Int(resolver=lambda root, info: rows(SLEEP, [])[0][0])


class Sleep(graphene.Mutation):
    slept = graphene.Int()

    def mutate(self, info):
        with transaction.atomic():
            return Sleep(slept=rows(SLEEP, [])[0][0])


class Mutation(graphene.ObjectType):
    sleep = Sleep.Field()


def read(sql):
    return Later(Statement(sql, ()), lambda found: [found[0][0]])


@pytest.fixture
def impatient(transactional_db):
    """Postgres ends what takes a tenth of a second."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '100ms'")
        yield
        cursor.execute("RESET statement_timeout")


def timeouts(operation):
    labels = {"operation": operation, "code": "TIMEOUT"}
    return REGISTRY.get_sample_value("pinboard_graphql_errors_total", labels) or 0


@pytest.mark.parametrize("field", ["asleep", "alone"])
def test_it_is_its_field_s_error(impatient, field):
    name = f"Wait{field}"
    with capture_logs() as lines:
        answer = ask(endpoint(Query), f"query {name} {{ {field} }}")
    (error,) = answer["errors"]
    assert answer["data"] == {field: None}
    assert error == {"path": [field], "locations": error["locations"], **TIMEOUT}
    assert timeouts(name) == 1
    assert [one["event"] for one in lines] == []


def test_what_comes_next_is_read_by_the_same_connection(impatient):
    view = endpoint(Query)
    answers = [ask(view, text) for text in ("{ quick }", "{ asleep }", "{ quick }")]
    assert [one["data"] for one in answers] == [{"quick": 1}, {"asleep": None}, {"quick": 1}]
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'pinboard%'")
        assert cursor.fetchall().count(("SELECT 1",)) == 1


def test_a_mutation_has_done_nothing(impatient):
    answer = ask(endpoint(Query, Mutation), "mutation { sleep { slept } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TIMEOUT"]
    assert not connection.in_atomic_block
    assert connection.is_usable()


def test_before_there_is_an_operation_it_is_a_status(impatient):
    view = endpoint(Query, authenticate=lambda request: rows(SLEEP, [])[0][0])
    request = RequestFactory().post("/graphql", {"query": "{ quick }"}, "application/json")
    with capture_logs() as lines:
        answer = view(request)
    assert (answer.status_code, json.loads(answer.content)) == (503, {"errors": [TIMEOUT]})
    assert [one["event"] for one in lines] == []


def test_a_web_process_waits_for_nobody_s_lock(transactional_db):
    UserFactory(username="ada")
    find = {"query": '{ user(username: "ada") { username } }'}
    with web_process(STATEMENT_TIMEOUT_MS="300") as web, httpx.Client(timeout=30) as client:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE users_user IN ACCESS EXCLUSIVE MODE")
            locked = client.post(f"{web.url}/graphql", json=find)
        free = client.post(f"{web.url}/graphql", json=find)
    (error,) = locked.json()["errors"]
    assert (locked.status_code, error["extensions"]) == (200, {"code": "TIMEOUT"})
    assert free.json()["data"] == {"user": {"username": "ada"}}


def test_only_processes_that_answer_people_have_the_limit(transactional_db):
    output, _ = run(SHOW, *LIMITS)
    assert dict(line.split() for line in output.splitlines()) == LIMITS
