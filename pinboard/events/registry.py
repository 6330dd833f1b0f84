"""Event types, and who wants to hear of them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter

E = TypeVar("E")
Handler = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A handler of one event type, and the Celery queue that its deliveries travel on.

    `most`: how many events it takes at once, as a list; none for a handler of one event.
    """

    name: str
    event: type[Any]
    handler: Handler
    queue: str
    most: int | None = None

    def handle(self, events: list[Any]) -> None:
        """Call the handler with events, which are one unless it takes more."""
        if self.most is None:
            (event,) = events
            self.handler(event)
        else:
            self.handler(events)


_by_event: dict[str, list[Subscription]] = defaultdict(list)
_by_name: dict[str, Subscription] = {}
_reactions: dict[str, list[Handler]] = defaultdict(list)
_adapters: dict[Any, TypeAdapter[Any]] = {}


def event_name(event: type[Any]) -> str:
    """`apps.pins.events.PinCreated` is `pins.PinCreated`."""
    return f"{_app_of(event.__module__)}.{event.__name__}"


def subscribe(
    event: type[E], *, queue: str = "default"
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Have the decorated function called, at least once, for every published `event`.

    The function runs in one transaction with the mark that it is done: what it writes to Postgres
    happens exactly once, what it does elsewhere may happen twice. Its name is stored with every
    delivery, so renaming it needs a look at what is still due.
    """

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        _register(event, handler, queue, None)
        return handler

    return register


def subscribe_together(
    event: type[E], *, most: int, queue: str = "default"
) -> Callable[[Callable[[list[E]], None]], Callable[[list[E]], None]]:
    """As `subscribe`, for a function that takes up to `most` events at once: what waits at the same
    time is handled in one transaction, and done, or tried again, together.

    For events that come by the hundred a second, and whose handler costs less for many at once.
    """

    def register(handler: Callable[[list[E]], None]) -> Callable[[list[E]], None]:
        _register(event, handler, queue, most)
        return handler

    return register


def _register(event: type[Any], handler: Handler, queue: str, most: int | None) -> None:
    name = f"{_app_of(handler.__module__)}.{handler.__name__}"
    if name in _by_name:
        raise ValueError(f"two handlers are called {name}")
    _by_name[name] = subscribed = Subscription(name, event, handler, queue, most)
    _by_event[event_name(event)].append(subscribed)


def react(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Have the decorated function called when an `event` is published, in the same transaction.

    For what must be true from the moment that the event is, and never otherwise. Whoever publishes
    waits for it, and fails with it: keep it short, and leave all else to `subscribe`.
    """

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        _reactions[event_name(event)].append(handler)
        return handler

    return register


def reactions(event: str) -> list[Handler]:
    """What is called with the event of this name when it is published."""
    return _reactions.get(event, [])


def subscriptions(event: str) -> list[Subscription]:
    """Who hears of the event of this name."""
    return _by_event.get(event, [])


def subscription(name: str) -> Subscription | None:
    """The subscription of this name; None when its handler is gone."""
    return _by_name.get(name)


def queues() -> set[str]:
    """Every queue that a delivery may travel on."""
    return {one.queue for one in _by_name.values()}


def encode(event: Any) -> dict[str, Any]:
    """An event as JSON-ready data."""
    data: dict[str, Any] = _adapter(type(event)).dump_python(event, mode="json")
    return data


def decode(event: type[E], payloads: Sequence[dict[str, Any]]) -> list[E]:
    """Events from what was stored; fields that the type has lost since are ignored."""
    found: list[E] = _adapter(list[event]).validate_python(payloads)  # type: ignore[valid-type]
    return found


def _adapter(of: Any) -> TypeAdapter[Any]:
    if of not in _adapters:
        _adapters[of] = TypeAdapter(of)
    return _adapters[of]


def _app_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]
