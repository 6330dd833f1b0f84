"""Connections to Valkey, of which a request takes one for each command."""

from collections import deque
from collections.abc import Sequence
from typing import Any

from redis import ConnectionPool
from redis.exceptions import ConnectionError, RedisError, ResponseError


class LeanPool(ConnectionPool):
    """redis-py's pool, for which a connection that is idle here is in use all the time.

    Its own way from idle to used and back, with a lock and counters for OpenTelemetry each time, takes
    a third of what a command takes.
    """

    def reset(self) -> None:
        """Know no connections: at the start, and in a process that was forked."""
        self._idle: deque[Any] = deque()
        # Those of which `commands` has read all answers: nothing can be waiting on them.
        self._clean: deque[Any] = deque()
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

    def commands(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """The answers to some commands, as the server gives them, in one round trip.

        The first one's error, or that of a connection that breaks, is raised. Where the server has closed one
        since it was used, they are sent again on a new one, as clients of redis-py do with any command:
        to look first would be one more call of the system for each. Around this a client has more retries
        and figures, which take twice as long as the rest.
        """
        self._checkpid()
        try:
            connection = self._clean.pop()
        except IndexError:
            return self._answers(self.get_connection(), commands)
        try:
            return self._answers(connection, commands)
        except ConnectionError:
            return self._answers(self.get_connection(), commands)

    def _answers(self, connection: Any, commands: Sequence[Sequence[Any]]) -> list[Any]:
        try:
            connection.send_packed_command(connection.pack_commands(commands))
            answers = [_answer(connection) for _ in commands]
        except BaseException:
            connection.disconnect()  # or its next reader would have what is left of these answers
            self.release(connection)
            raise
        if connection.should_reconnect():
            self.release(connection)
        else:
            self._clean.append(connection)
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise answer
        return answers

    def release(self, connection: Any) -> None:
        """Take a connection back."""
        if self.owns_connection(connection) and not connection.should_reconnect():
            self._idle.append(connection)
        else:
            super().release(connection)


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error
