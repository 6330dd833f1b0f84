"""Lua scripts, on one Valkey server and on a cluster alike."""

from collections.abc import Sequence
from typing import Any

from django_redis import get_redis_connection


def run(script: str, keys: Sequence[str], arguments: Sequence[Any] = ()) -> Any:
    """Run a script on keys that share a slot, as those of one person do; what it returns.

    It finds them in KEYS, and the arguments in ARGV, as strings. A key that it makes up from one of
    these has to keep what is in braces.
    """
    script_of = get_redis_connection("default").register_script
    return script_of(script)(keys=keys, args=arguments)
