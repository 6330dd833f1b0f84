"""Fixtures of the feed's tests."""

import pytest
from redis.connection import AbstractConnection


@pytest.fixture
def round_trips(monkeypatch):
    """How often this process has sent something to Valkey: `round_trips()` since it was last asked."""
    sent = []
    send = AbstractConnection.send_packed_command

    def counted(connection, *args, **kwargs):
        sent.append(1)
        return send(connection, *args, **kwargs)

    def count():
        found = len(sent)
        sent.clear()
        return found

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)
    return count
