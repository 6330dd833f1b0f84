"""Connections of a web process to Postgres: kept from request to request, and opened anew where they ended."""

import httpx
from django.db import connection

from pinboard.sql import rows
from tests.factories.users import UserFactory
from tests.web import web_process

FIND = {"query": '{ user(username: "ada") { username } }'}
OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)
# More than the process has threads, of which each has a connection.
REQUESTS = 8


def test_what_was_ended_between_requests_is_opened_anew(transactional_db):
    UserFactory(username="ada")
    connection.ensure_connection()
    before = {pid for (pid,) in rows(f"SELECT pid {OTHERS}", [])}

    def its_own():
        return {pid for (pid,) in rows(f"SELECT pid {OTHERS}", [])} - before

    with web_process() as web, httpx.Client(timeout=30) as client:

        def answers():
            asked = [client.post(f"{web.url}/graphql", json=FIND) for _ in range(REQUESTS)]
            return [one.json()["data"]["user"] for one in asked]

        assert answers() == [{"username": "ada"}] * REQUESTS
        kept = its_own()
        assert answers() == [{"username": "ada"}] * REQUESTS
        assert kept
        assert kept <= its_own()
        for pid in kept:
            rows("SELECT pg_terminate_backend(%s, 10000)", [pid])  # and wait for its end
        assert answers() == [{"username": "ada"}] * REQUESTS
        assert not kept & its_own()
