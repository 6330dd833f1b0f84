"""Streams, over HTTP from a real process: how they begin, what they tell, how they end."""

import pytest

from tests.factories.pins import make_pin
from tests.live.process import StreamClient

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSED = "subscription { pinProcessed(pinId: %s) { pin { id picture { state } } } }"
GREW = "subscription { homeFeedGrew { count } }"


def told(pin_id, state):
    pin = {"id": str(pin_id), "picture": {"state": state}}
    return [("next", {"data": {"pinProcessed": {"pin": pin}}}), ("complete", None)]


def test_a_processed_pin_is_told_of_at_once(live):
    pin = make_pin()
    client = StreamClient(live, pin.owner)
    assert client.ask(PROCESSED % pin.pk) == told(pin.pk, "READY")
