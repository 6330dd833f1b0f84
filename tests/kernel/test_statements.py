"""Prepared statements, several at a time."""

from uuid import UUID

import pytest
from django.db import DataError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinboard.postgres.statements import MAX_PREPARED, Statement
from pinboard.sql import Slot, array, fill, numbered


def prepared():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'pinboard_%%'", ()
        )
        return cursor.fetchone()[0]


def test_rows_come_as_python_has_them(db):
    sql = (
        "SELECT 7::bigint, true, NULL::text, 'né', 1.5::float8, %s::uuid, ARRAY[1, 2]::bigint[],"
        " '2026-11-23 10:00+01'::timestamptz"
    )
    ((*row, moment),) = connection.fetch([Statement(sql, [UUID(int=1)])])[0]
    assert row == [7, True, None, "né", 1.5, UUID(int=1), [1, 2]]
    assert moment.isoformat() == "2026-11-23T09:00:00+00:00"


def test_many_go_in_one_round_trip_and_keep_their_order(db):
    found = connection.fetch([Statement("SELECT %s::int", [number]) for number in range(5)])
    assert found == [[(number,)] for number in range(5)]


def test_a_connection_keeps_so_many_at_most(db):
    for number in range(MAX_PREPARED + 20):
        assert connection.fetch([Statement(f"SELECT {number}", [])]) == [[(number,)]]
    assert 0 < prepared() <= MAX_PREPARED


def test_a_text_that_varies_is_not_kept(db):
    before = prepared()
    assert connection.fetch([Statement("SELECT 41", [], is_lasting=False)]) == [[(41,)]]
    assert prepared() == before


@pytest.mark.parametrize(
    ("sql", "error"), [("SELECT 1 / %s::int", DataError), ("SELECT nothing", ProgrammingError)]
)
def test_errors_are_django_s_and_the_connection_goes_on(db, sql, error):
    with pytest.raises(error), transaction.atomic():
        connection.fetch([Statement(sql, [0] if "%s" in sql else [])])
    assert connection.fetch([Statement("SELECT 1", [])]) == [[(1,)]]


def test_a_value_of_many_places_is_one_parameter(db):
    person, number = Slot("person"), Slot("number")
    text, slots = numbered("SELECT %s::int, '%%', %s::int, %s::int", [person, number, person])
    assert (text, slots) == ("SELECT $1::int, '%%', $2::int, $1::int", [person, number])
    found = connection.fetch([Statement(text, fill(slots, {"person": 7, "number": 8}))])
    assert found == [[(7, "%", 8, 7)]]


IDS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(IDS, min_size=1, max_size=3), is_lasting=st.booleans())
def test_arrays_of_ids_arrive_whatever_their_size(db, several, is_lasting):
    one = "SELECT $1::bigint[], $2::text"
    found = connection.fetch([Statement(one, [array(ids), "x"], is_lasting) for ids in several])
    assert found == [[(ids, "x")] for ids in several]


def test_no_statement_waits_for_other_processes_to_begin(db):
    plan = Statement("SELECT current_setting('max_parallel_workers_per_gather')", [])
    assert connection.fetch([plan]) == [[("0",)]]
