"""One stream: a subscription, who has it, and how it goes on."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic
from typing import Any
from uuid import uuid4

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse

from pinboard import tracing
from pinboard.errors import Refusal, Unauthenticated
from pinboard.graphql.context import Context
from pinboard.graphql.engine.subscription import Subscription
from pinboard.graphql.errors import body_of, refusal
from pinboard.graphql.record import name_of
from pinboard.live import leases
from pinboard.live.frames import COMPLETE, next_of
from pinboard.live.hub import Hub
from pinboard.live.record import Look, count_event
from pinboard.live.source import Source

# Runs a blocking call in a thread.
InThread = Callable[[Callable[[], Any]], Awaitable[Any]]

_LOGGED_OUT = {"errors": [refusal(Unauthenticated("Your session has ended. Log in again."))]}


@dataclass(frozen=True)
class Pace:
    """`check_seconds`: until it is seen what nobody told us: that a session ended, or that there is news."""

    check_seconds: float = 60.0
    lifetime_seconds: float = 3600.0


@dataclass
class Stream:
    """What of a stream needs Postgres or blocks. Its calls come one after the other."""

    subscription: Subscription
    request: HttpRequest
    viewer_id: int
    authenticate: Callable[[HttpRequest], int | None]
    session_topic: str
    is_over: bool = False
    _id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def name(self) -> str:
        """Its operation's, as a label of metrics."""
        return name_of(self.subscription.operation)

    @property
    def source(self) -> Source:
        found: Source = self.subscription.source
        return found

    def begin(self) -> bytes:
        """Look for the first time; what there is to tell. `RateLimited` for a stream too many.

        It comes before the answer, so that whoever has the answer is told of all that comes after.
        """
        frame = self.look()
        if not self.is_over:
            leases.take(self.viewer_id, self._id)
        return frame

    def close(self) -> None:
        """Count it no longer."""
        leases.give_back(self.viewer_id, self._id)

    def look(self) -> bytes:
        """What there is to tell, if anything."""
        with tracing.span("graphql.look", operation=self.name), Look(self.subscription.operation):
            event = self.source.look()
            if event is None:
                return b""
            self.is_over = event.is_last
            result = self.subscription.run(Context(self.request, self.viewer_id), event.value)
            return self._told(body_of(result))

    def check(self) -> bytes:
        """See whether the viewer's session goes on; what to tell them if not."""
        try:
            still = self.authenticate(bare(self.request)) == self.viewer_id
        except Refusal:
            still = False
        if still:
            leases.renew(self.viewer_id, self._id)
            return b""
        self.is_over = True
        return self._told(_LOGGED_OUT)

    def _told(self, body: dict[str, Any]) -> bytes:
        """An event, which is counted."""
        count_event(self.name, body)
        return next_of(body) + (COMPLETE if self.is_over else b"")


def bare(request: Any) -> HttpRequest:
    """The same request as if it came just now, its session not read yet and without a body."""
    again = ASGIRequest(request.scope, BytesIO())
    for middleware in (SessionMiddleware, AuthenticationMiddleware):
        middleware(_no_view).process_request(again)
    return again


def _no_view(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("only the middleware's first half is used")


async def play(
    stream: Stream, hub: Hub, in_thread: InThread, pace: Pace
) -> AsyncGenerator[bytes, None]:
    """The stream's events. It ends without `complete` where the client is to come again."""
    topics = set(stream.source.topics)
    check_at, end_at = _next_check(pace), monotonic() + pace.lifetime_seconds
    with hub.listening([*topics, stream.session_topic]) as listener:
        while not stream.is_over and (now := monotonic()) < end_at:
            heard = await listener.heard(min(check_at, end_at) - now)
            if stream.session_topic in heard or monotonic() >= check_at:
                check_at = _next_check(pace)
                if frame := await in_thread(stream.check):
                    yield frame
                    return
                heard |= topics
            if heard & topics and (frame := await in_thread(stream.look)):
                yield frame
                await asyncio.sleep(stream.source.pause)


def _next_check(pace: Pace) -> float:
    """Spread, so that streams which began together are not checked together for ever."""
    return monotonic() + pace.check_seconds * random.uniform(0.8, 1.2)  # noqa: S311
