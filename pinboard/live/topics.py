"""Topics: what a stream can be woken by. A message says that it is worth looking again, no more.

So a message that is lost costs a client some freshness, and one too many costs a look.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from pinboard.cache.once import AWAY
from pinboard.cache.servers import servers


def announce(*topics: str) -> None:
    """Wake the streams that listen to these topics; to be called after the commit."""
    with suppress(*AWAY):
        for (
            server
        ) in servers():  # the nodes of a cluster pass messages on: one that answers is enough
            with suppress(*AWAY):
                _tell(server, topics)
                return


def _tell(server: Any, topics: Iterable[str]) -> None:
    pipeline = server.pipeline(transaction=False)
    for topic in topics:
        pipeline.publish(topic, b"")
    pipeline.execute()
