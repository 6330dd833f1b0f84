"""Pins on their way to, or out of, the timelines of what they are about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from apps.feed import store
from apps.pins.selectors import tags_with_secrecy


def follow(pin_ids: Sequence[int]) -> None:
    """Add pins to their topics' timelines, or take them out where their board is secret. One statement.

    Where a pin is now is what counts, so this may come late, twice and in any order. Nothing takes a
    pin out of a topic that it is not about any more: the read checks, and newer ones push it out.
    """
    shown: dict[int, list[int]] = defaultdict(list)
    secret: dict[int, list[int]] = defaultdict(list)
    for topic, pin, is_secret in tags_with_secrecy(pin_ids):
        (secret if is_secret else shown)[topic].append(pin)
    store.add_each((topics, pins) for pins, topics in _alike(shown))
    for pins, topics in _alike(secret):
        store.remove(topics, pins)


def _alike(by_topic: dict[int, list[int]]) -> Iterable[tuple[tuple[int, ...], list[int]]]:
    """Topics that have the same pins, together: what is about several topics is one call."""
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for topic, pins in sorted(by_topic.items()):
        found[tuple(sorted(pins))].append(topic)
    return found.items()
