"""What waits for what."""

from django.conf import settings
from kombu.utils.scheduling import cycle_by_name

from pinboard.events.registry import queues, subscriptions


def test_new_pins_overtake_what_fills_and_tidies():
    order = cycle_by_name(settings.CELERY_BROKER_TRANSPORT_OPTIONS["queue_order_strategy"])()
    order.update([*queues(), settings.CELERY_TASK_DEFAULT_QUEUE])
    assert order.consume(4) == ["default", "fanout", "media", "refill"]
    assert {
        one.name: one.queue for one in subscriptions("pins.PinCreated") if "feed" in one.name
    } == {
        "feed.fan_out": "fanout",
        "feed.come_closer": "refill",
    }
    assert {one.queue for one in subscriptions("follows.PersonFollowed") if "feed" in one.name} == {
        "refill"
    }
