"""Django in a thread: its middleware and views for a request of the event loop.

Django's own ASGI handler would keep a thread, and whatever connection to Postgres that opened, for
each stream as long as it lasts.
"""

from io import BytesIO

from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from starlette.responses import Response
from starlette.types import Scope


class Handler(ASGIHandler):
    """Answers requests with the views of `urlconf`."""

    def __init__(self, urlconf: str) -> None:
        BaseHandler.__init__(self)
        self._urlconf = urlconf
        self.load_middleware()

    def answer(self, scope: Scope, body: bytes) -> HttpResponseBase:
        """The response, whole. Blocks."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, BytesIO(body))
        if request is None:
            assert refused is not None
            return refused
        request.urlconf = self._urlconf
        response = self.get_response(request)
        response.close()  # gives the connection to Postgres back
        return response


def headers_of(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    """The headers and cookies that Django has set."""
    headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    cookies = [cookie.OutputString().encode("ascii") for cookie in response.cookies.values()]
    return headers + [(b"Set-Cookie", cookie) for cookie in cookies]


def for_starlette(response: HttpResponseBase) -> Response:
    """A response that is whole, as Starlette sends it."""
    answer = Response(status_code=response.status_code)
    answer.body = b"".join(response)
    answer.raw_headers = [(name.lower(), value) for name, value in headers_of(response)]
    return answer
