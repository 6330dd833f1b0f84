"""The ASGI application of the live process.

Django answers a request in a thread, with all of its middleware, up to where a stream begins. From
there on the stream belongs to the event loop, and takes a thread only for what blocks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from functools import partial
from time import monotonic
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import close_old_connections
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pinboard.errors import BadInput
from pinboard.graphql.errors import refusal, report
from pinboard.live import metrics
from pinboard.live.django import Handler, for_starlette, headers_of
from pinboard.live.frames import KEEP_ALIVE
from pinboard.live.hub import Hub
from pinboard.live.stream import Pace, play
from pinboard.live.view import StreamResponse

log = structlog.get_logger(__name__)

KEEP_ALIVE_SECONDS = 12
# Whoever takes nothing, or sends nothing of a body, for so long is cut.
_PATIENCE_SECONDS = 20


class Live:
    """Answers what `urlconf` has, and keeps its streams going."""

    def __init__(self, urlconf: str, pace: Pace) -> None:
        self._django = Handler(urlconf)
        self._pace = pace
        # New requests do not wait behind the events of all streams.
        self._requests = ThreadPoolExecutor(4, "request")
        self._events = ThreadPoolExecutor(4, "event")
        self._hub = Hub(settings.ENV.cache_url)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """What lasts as long as the process."""
        messages = asyncio.create_task(self._hub.run())
        yield
        messages.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _body(Request(scope, receive))
        except ClientDisconnect:
            # Who only stopped sending still listens.
            await _unread(400, "The request can't be read: it is cut off.")(scope, receive, send)
            return
        except TimeoutError:
            await _unread(408, "The request did not arrive in time.")(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._requests, self._django.answer, scope, body)
        answer = self._stream(found) if isinstance(found, StreamResponse) else for_starlette(found)
        await answer(scope, receive, send)

    def _stream(self, response: StreamResponse) -> Response:
        answer = EventSourceResponse(
            self._frames(response),
            ping=KEEP_ALIVE_SECONDS,
            ping_message_factory=lambda: KEEP_ALIVE,  # type: ignore[arg-type,return-value]
            send_timeout=_PATIENCE_SECONDS,
        )
        own = {name for name, _ in answer.raw_headers} | {b"content-length"}
        answer.raw_headers += [
            (name.lower(), value) for name, value in headers_of(response) if name.lower() not in own
        ]
        return answer

    async def _frames(self, response: StreamResponse) -> AsyncIterator[bytes]:
        stream, began = response.stream, monotonic()
        metrics.OPEN.labels(stream.name).inc()
        try:
            if response.content:
                yield response.content
            playing = play(stream, self._hub, self._in_thread, self._pace)
            async with aclosing(playing) as frames:
                async for frame in frames:
                    yield frame
        except Exception as fault:
            # The connection ends, so the client comes again, and hears of what is wrong then.
            metrics.FAULTS.labels(stream.name).inc()
            report(fault)
        finally:
            metrics.OPEN.labels(stream.name).dec()
            self._in_thread(stream.close)
            log.info("live.stream_ended", seconds=round(monotonic() - began, 1))

    def _in_thread(self, call: Callable[[], Any]) -> "asyncio.Future[Any]":
        """Begin a blocking call in a thread, also when nobody waits for it."""
        return asyncio.get_running_loop().run_in_executor(
            self._events, partial(_with_database, call)
        )


def application(urlconf: str, pace: Pace | None = None) -> Starlette:
    """What an ASGI server runs."""
    live = Live(urlconf, pace or Pace())
    return Starlette(routes=[Route("/{path:path}", live)], lifespan=live.lifespan)


def _with_database(call: Callable[[], Any]) -> Any:
    """Call with a connection that is in order, and leave none that is not."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


def _unread(status: int, reason: str) -> Response:
    """The answer to a request that did not arrive; without one the server would say 500."""
    body = {"errors": [refusal(BadInput(reason))]}
    return Response(orjson.dumps(body), status, media_type="application/json")


async def _body(request: Request) -> bytes:
    """The body, as far as Django needs it to see that it is too large."""
    body = bytearray()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        async for chunk in request.stream():
            body += chunk
            if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                break
    return bytes(body)
