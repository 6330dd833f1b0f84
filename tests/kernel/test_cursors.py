"""Cursors: opaque, signed, and of one list only."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.boards.models import Board
from pinboard.errors import BadInput
from pinboard.graphql import cursors
from pinboard.paging import Listing, Order, Window

ORDER = Order("kernel.test", ("name", "id"))
KEYS = st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 2**63 - 1))


@given(KEYS)
def test_what_is_encoded_is_decoded(key):
    assert cursors.decode(ORDER, cursors.encode(ORDER, key)) == key


@given(KEYS, st.data())
def test_a_cursor_that_was_tampered_with_is_refused(key, data):
    cursor = cursors.encode(ORDER, key)
    at = data.draw(st.integers(0, len(cursor) - 2))
    other = data.draw(st.sampled_from("AZaz09-_").filter(lambda letter: letter != cursor[at]))
    with pytest.raises(BadInput):
        cursors.decode(ORDER, cursor[:at] + other + cursor[at + 1 :])


@given(st.text())
def test_any_other_text_is_refused(text):
    with pytest.raises(BadInput):
        cursors.decode(ORDER, text)


@pytest.mark.parametrize(
    "order",
    [
        Order("kernel.other", ("name", "id")),
        Order("kernel.test", ("id",)),
        Order("kernel.test", ()),
    ],
)
def test_a_cursor_of_another_order_is_refused(order):
    with pytest.raises(BadInput):
        cursors.decode(order, cursors.encode(ORDER, ("a", 1)))


def test_a_cursor_of_another_secret_is_refused(settings):
    cursor = cursors.encode(ORDER, ("a", 1))
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(BadInput):
        cursors.decode(ORDER, cursor)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("position", "soon"),
        ("position", [1]),
        ("archived_at", "soon"),
        ("archived_at", 5),
        ("id", {}),
    ],
)
def test_a_key_of_the_wrong_type_is_a_bad_cursor(column, value):
    """What comes of an order whose columns were changed under its old name."""
    order = Order("kernel.changed", (column,))
    key = cursors.decode(order, cursors.encode(order, (value,)))
    listing = Listing(lambda owner: Board.objects.filter(owner_id=owner), order)
    for window in (Window(after=key), Window(before=key)):
        with pytest.raises(BadInput, match="out of date"):
            listing.pages([1], window).get()


def test_a_moment_keeps_its_microseconds():
    order = Order("kernel.moments", ("at",))
    moment = datetime(2026, 11, 23, 7, 0, 0, 123456, tzinfo=UTC)
    (read,) = cursors.decode(order, cursors.encode(order, (moment,)))
    assert datetime.fromisoformat(read) == moment
