"""Ids: their layout, and that Postgres never mints one twice."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from apps.boards.models import Board
from apps.users.models import User
from pinboard.ids.fields import IdField, check_kinds
from pinboard.ids.layout import EPOCH, MAX_ID, Id, created_at, first_id_at, kind_of, parse
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory
from tests.threads import together

CONNECTIONS = 8
EACH = 125_000


@given(
    milliseconds=st.integers(0, 2**41 - 1),
    counter=st.integers(0, 1023),
    shard=st.integers(0, 63),
    kind=st.integers(1, 63),
)
def test_the_layout_is_read_as_it_is_written(milliseconds, counter, shard, kind):
    value = milliseconds << 22 | counter << 12 | shard << 6 | kind
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    assert Id.read(value) == Id(moment, counter, shard, kind)
    assert (created_at(value), kind_of(value)) == (moment, kind)
    assert first_id_at(moment) <= value < first_id_at(moment + timedelta(milliseconds=1))
    assert parse(str(value)) == value


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.lists(st.integers())))
def test_only_digits_of_an_id_are_an_id(text):
    value = parse(text)
    if value is not None:
        assert isinstance(text, str)
        assert text.isascii()
        assert 0 < value == int(text) <= MAX_ID


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1.0", " 1", "1 ", "²", "١", str(MAX_ID + 1), "9" * 5_000]
)
def test_what_is_no_id(text):
    assert parse(text) is None


@pytest.mark.parametrize("value", [0, -1, MAX_ID + 1])
def test_a_number_that_is_no_id_is_not_read(value):
    with pytest.raises(ValueError, match="is not an id"):
        Id.read(value)


def _connect():
    given = connection.get_connection_params()
    names = ("host", "port", "dbname", "user", "password", "options")
    return psycopg.connect(
        **{name: given[name] for name in names if name in given}, autocommit=True
    )


@pytest.mark.django_db(transaction=True)
def test_a_million_ids_from_several_connections_are_all_different():
    with _connect() as main:
        main.execute("CREATE UNLOGGED TABLE minted (miner int, turn int, id bigint)")
        try:

            def mine(miner):
                with _connect() as own:
                    own.execute(
                        "INSERT INTO minted SELECT %s, turn, pinboard_mint(7) "
                        "FROM generate_series(1, %s) AS turn",
                        [miner, EACH],
                    )

            together(*(lambda miner=miner: mine(miner) for miner in range(CONNECTIONS)))
            counted = main.execute("SELECT count(*), count(DISTINCT id) FROM minted").fetchone()
            falling = main.execute(
                "SELECT count(*) FROM (SELECT id, lag(id) OVER (PARTITION BY miner ORDER BY turn) "
                "AS earlier FROM minted) AS pairs WHERE id <= earlier"
            ).fetchone()
            kinds_and_signs = main.execute("SELECT DISTINCT id & 63, id > 0 FROM minted").fetchall()
        finally:
            main.execute("DROP TABLE minted")
    assert counted == (CONNECTIONS * EACH, CONNECTIONS * EACH)
    assert falling == (0,)
    assert kinds_and_signs == [(7, True)]


def _mint(own, count=1):
    found = own.execute("SELECT pinboard_mint(1) FROM generate_series(1, %s)", [count]).fetchall()
    return [value for (value,) in found]


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_is_set_back_mints_on_ahead():
    """A sequence that is an hour ahead is what a clock that was set back an hour leaves."""
    with _connect() as own:
        (before,) = _mint(own)
        (now,) = own.execute("SELECT last_value FROM pinboard_clock").fetchone()
        own.execute("SELECT setval('pinboard_clock', %s)", [now + (3_600_000 << 10)])
        try:
            behind = together(*(lambda: _mint_alone(500) for _ in range(4)))
        finally:
            own.execute("SELECT setval('pinboard_clock', %s)", [now])
        (after,) = _mint(own)
    minted = [value for values in behind for value in values]
    assert len(set(minted)) == 2_000
    assert all(values == sorted(values) for values in behind)
    assert min(minted) > before
    assert created_at(min(minted)) - created_at(before) >= timedelta(hours=1)
    assert created_at(max(minted)) - created_at(min(minted)) <= timedelta(milliseconds=2)
    assert before < after < min(minted)


def _mint_alone(count):
    with _connect() as own:
        return _mint(own, count)


@pytest.mark.django_db(transaction=True)
def test_an_id_says_when_it_was_minted_and_where():
    with _connect() as own:
        own.execute("SET pinboard.shard = 5")
        before = datetime.now(UTC) - timedelta(milliseconds=2)
        (value,) = _mint(own)
        after = datetime.now(UTC) + timedelta(milliseconds=2)
    assert before <= created_at(value) <= after
    assert (Id.read(value).shard, kind_of(value)) == (5, 1)


@pytest.mark.django_db
def test_a_row_carries_the_kind_of_its_model():
    assert kind_of(UserFactory().pk) == 1
    assert kind_of(BoardFactory().pk) == 3


def test_a_kind_that_is_taken_is_refused(monkeypatch):
    class Twin(models.Model):
        id = IdField(kind=3)

        class Meta:
            app_label = "kernel_tests"

    monkeypatch.setattr("pinboard.ids.fields.apps.get_models", lambda: [Board, User, Twin])
    assert [error.msg for error in check_kinds()] == ["Twin and Board share a kind"]


@pytest.mark.parametrize("kind", [0, 64])
def test_a_kind_has_six_bits(kind):
    with pytest.raises(ValueError, match="kind must be from 1 to 63"):
        IdField(kind=kind)
