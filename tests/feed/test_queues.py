"""What waits for what."""

from celery import current_app
from django.conf import settings
from kombu.utils.scheduling import cycle_by_name

from pinboard.events.registry import queues, subscriptions

RELAY = "pinboard.events.tasks.relay"


def test_new_pins_overtake_what_fills_and_tidies():
    order = cycle_by_name(settings.CELERY_BROKER_TRANSPORT_OPTIONS["queue_order_strategy"])()
    order.update(["another", *queues(), current_app.amqp.router.route({}, RELAY)["queue"].name])
    assert order.consume(9) == ["fanout", "relay", "default", "media", "refill", "another"]
    assert order.consume(2) == ["fanout", "relay"]
    assert {
        one.name: one.queue for one in subscriptions("pins.PinCreated") if "feed" in one.name
    } == {
        "feed.fan_out": "fanout",
        "feed.come_closer": "refill",
    }
    assert {one.queue for one in subscriptions("follows.PersonFollowed") if "feed" in one.name} == {
        "refill"
    }
    assert [one.queue for one in subscriptions("feed.FanOutDue")] == ["fanout"]
    assert [one.queue for one in subscriptions("feed.RefillDue")] == ["refill"]
