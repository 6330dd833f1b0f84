"""Small values in Valkey, as JSON. Reading one takes a third of what Django's cache takes with its layers
and pickles, which counts where a request reads several. Raises `AWAY` (`pinboard.cache.once`)."""

from typing import Any

import orjson
from django_redis import get_redis_connection

from pinboard.cache.commands import Command, command
from pinboard.cache.looking import is_looking


def get(key: str) -> Any:
    """The value, or None."""
    found = command(*reading(key))
    return None if found is None else orjson.loads(found)


def reading(key: str) -> Command:
    """The command with which `get` begins."""
    return "GET", key


def put(key: str, value: Any, seconds: int) -> None:
    """Keep a value for some time, unless somebody only looks."""
    if not is_looking():
        get_redis_connection("default").set(key, orjson.dumps(value), ex=seconds)


def forget(key: str) -> None:
    """Keep it no longer."""
    get_redis_connection("default").delete(key)
