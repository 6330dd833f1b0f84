"""Events on the wire: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md."""

from typing import Any

import orjson

MEDIA_TYPE = "text/event-stream"
# A browser drops an event without a data line.
COMPLETE = b"event: complete\ndata: \n\n"
KEEP_ALIVE = b":\n\n"


def next_of(body: dict[str, Any]) -> bytes:
    """An answer as an event."""
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"
