"""Topics: what a stream can be woken by. A message says that it is worth looking again, no more.

So a message that is lost costs a client some freshness, and one too many costs a look.
"""

from django_redis import get_redis_connection

from pinboard.cache.once import AWAY


def announce(*topics: str) -> None:
    """Wake the streams that listen to these topics; to be called after the commit."""
    try:
        pipeline = get_redis_connection("default").pipeline(transaction=False)
        for topic in topics:
            pipeline.publish(topic, b"")
        pipeline.execute()
    except AWAY:
        return
