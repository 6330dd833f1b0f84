"""What lies on the broker's queues."""

import base64
import json
from typing import Any, NamedTuple

import redis
from django.conf import settings


class Message(NamedTuple):
    """A task on its way."""

    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    request_id: str | None


class Broker:
    """The broker of this test run, with no worker at it."""

    def __init__(self) -> None:
        self._client = redis.Redis.from_url(settings.CELERY_BROKER_URL)

    def clear(self) -> None:
        """Lose every message."""
        self._client.flushdb()

    def close(self) -> None:
        self._client.close()

    def messages(self, queue: str = "default") -> list[Message]:
        """The tasks on a queue, the first that was sent first."""
        return [_read(json.loads(raw)) for raw in self._client.lrange(queue, 0, -1)][::-1]


def _read(raw: dict[str, Any]) -> Message:
    args, kwargs, _ = json.loads(base64.b64decode(raw["body"]))
    context = raw["headers"].get("__django_structlog__", {})
    return Message(raw["headers"]["task"], args, kwargs, context.get("request_id"))
