"""What is logged of exceptions."""

import pytest

from pinboard.logs import _without_messages


def _ring():
    """What django-redis raises where Valkey is away: the cause of an exception, while that is handled."""
    message = "a secret"
    try:
        try:
            raise ConnectionError(message)
        except ConnectionError as error:
            raise LookupError("another") from error
    except LookupError as error:
        raise error.__cause__  # noqa: B904 - it is what makes the ring


def test_exceptions_that_cause_each_other_are_told_once():
    with pytest.raises(ConnectionError) as raised:
        _ring()
    told = _without_messages((raised.type, raised.value, raised.tb))
    kinds = [line for line in told.splitlines() if line.startswith("builtins.")]
    assert kinds == ["builtins.ConnectionError", "builtins.LookupError"]
    assert "a secret" not in told
