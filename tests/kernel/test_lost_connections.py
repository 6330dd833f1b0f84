"""A connection to Postgres that was ended shows when it is used: a read is sent again on a new one, once."""

import pytest
from django.db import OperationalError, connection, transaction

from pinboard.postgres.base import postgres
from pinboard.postgres.statements import Statement
from pinboard.sql import rows
from tests.threads import together

PID = Statement("SELECT pg_backend_pid()", [])

pytestmark = pytest.mark.django_db(transaction=True)


def pid():
    (((found,),),) = postgres().fetch([PID])
    return found


def end(backend):
    """End a backend, and wait for its end."""
    together(lambda: rows("SELECT pg_terminate_backend(%s, 10000)", [backend]))


@pytest.mark.parametrize("many", [1, 3])
def test_what_ended_between_requests_is_read_on_a_new_one(many):
    before = pid()
    end(before)
    postgres().begin_request()
    found = postgres().fetch([PID] * many)
    assert found == [[(pid(),)]] * many
    assert pid() != before


@pytest.mark.parametrize("many", [1, 3])
def test_what_ends_within_a_request_is_told(many):
    postgres().begin_request()
    before = pid()
    end(before)
    with pytest.raises(OperationalError):
        postgres().fetch([PID] * many)
    postgres().begin_request()
    assert pid() != before


def test_a_transaction_does_not_go_on_elsewhere():
    with pytest.raises(OperationalError), transaction.atomic():
        _end_and_ask()


def _end_and_ask():
    end(pid())
    connection.health_check_done = False
    pid()


def test_what_is_wrong_with_a_statement_is_told_at_once():
    postgres().begin_request()
    before = postgres().statements
    with pytest.raises(OperationalError):
        postgres().fetch([Statement("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1)", [])])
    assert postgres().statements == before + 1
