"""Connections to Valkey, of which a request takes one for each command."""

from collections import deque
from typing import Any

from redis import ConnectionPool
from redis.exceptions import RedisError, ResponseError


class LeanPool(ConnectionPool):
    """redis-py's pool, for which a connection that is idle here is in use all the time.

    Its own way from idle to used and back, with a lock and counters for OpenTelemetry each time, takes
    a third of what a command takes.
    """

    def reset(self) -> None:
        """Know no connections: at the start, and in a process that was forked."""
        self._idle: deque[Any] = deque()
        super().reset()

    def get_connection(self, *_: Any, **__: Any) -> Any:
        """A connection on which nothing is waiting to be read."""
        self._checkpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            return super().get_connection()
        try:
            is_quiet = not connection.can_read()
        except (RedisError, OSError):
            is_quiet = False
        if not is_quiet:
            # It was left in the middle of an answer, or the server has closed it: it opens again by itself.
            connection.disconnect()
        return connection

    def command(self, *words: Any) -> Any:
        """The answer to one command, as the server gives it. A connection that breaks is an error.

        Around this a client has retries and more figures, which take twice as long as the rest.
        """
        connection = self.get_connection()
        try:
            connection.send_command(*words)
            return connection.read_response()
        except ResponseError:
            raise
        except BaseException:
            connection.disconnect()  # or its next reader would have this answer
            raise
        finally:
            self.release(connection)

    def release(self, connection: Any) -> None:
        """Take a connection back."""
        if self.owns_connection(connection) and not connection.should_reconnect():
            self._idle.append(connection)
        else:
            super().release(connection)
