"""What resolvers know of the request: `info.context`."""

from typing import NamedTuple

from django.http import HttpRequest

from pinboard.errors import Unauthenticated


class SessionNeeded(Exception):
    """Who asks can't be told without the session, which is not open yet."""


class Spending(NamedTuple):
    """Points: what the operation costs at most, and what is left beside."""

    requested: int
    left: int


FREE = Spending(0, 0)


class Context(NamedTuple):
    """`viewer_id`: the person who asks, None when nobody is logged in."""

    request: HttpRequest
    viewer_id: int | None
    spending: Spending = FREE

    def require_viewer(self) -> int:
        """The viewer's id, or the error that tells to log in."""
        if self.viewer_id is None:
            raise Unauthenticated
        return self.viewer_id
