"""The endpoint in front of Django's handler, for those whose session is known already.

Most requests to the endpoint need nothing of Django's middleware but its headers, and it takes as
long as the rest of them. What is not plainly such a request goes to Django, which answers it by the
same `HttpEndpoint`: an unknown session, an unknown host, plain HTTP where HTTPS is wanted, GraphiQL.
"""

import random
from collections.abc import Callable, Iterable
from contextvars import copy_context
from http.client import responses
from typing import Any

import structlog
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from structlog.contextvars import bind_contextvars

from pinboard.graphql.configured import configured
from pinboard.graphql.context import SessionNeeded
from pinboard.graphql.http import HttpEndpoint
from pinboard.postgres.base import postgres

log = structlog.get_logger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]
# Status, headers and content.
Response = tuple[str, Headers, bytes]

_MAX_HOSTS = 100


class FastLane:
    """A WSGI application: `application`, but for what `endpoint` at `path` answers at once."""

    def __init__(self, application: Application, path: str, endpoint: HttpEndpoint) -> None:
        self._application = application
        self._path = path
        self._endpoint = endpoint
        self._hosts: set[str] = set()
        self._headers = _security_headers(HttpRequest())
        self._secure_headers = _security_headers(_SecureRequest())

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        response = None
        if environ.get("PATH_INFO") == self._path:
            # In a context of its own, with which what was bound for logs is gone.
            response = copy_context().run(self._response, environ)
        if response is None:
            return self._application(environ, start_response)
        status, headers, content = response
        start_response(status, headers)
        return [content]

    def _response(self, environ: dict[str, Any]) -> Response | None:
        request = WSGIRequest(environ)
        if not self._is_plain(request):
            return None
        bind_contextvars(request_id=_request_id())
        postgres().begin_request()
        try:
            reply = self._endpoint.reply(request)
        except SessionNeeded:
            return None
        log.info("request_finished", code=reply.status, request=f"{request.method} {self._path}")
        security = self._secure_headers if request.is_secure() else self._headers
        status = f"{reply.status} {responses[reply.status]}"
        return status, [*reply.headers.items(), *security], reply.content

    def _is_plain(self, request: WSGIRequest) -> bool:
        if request.method != "POST" and not (request.method == "GET" and request.GET):
            return False
        if configured().secure_ssl_redirect and not request.is_secure():
            return False
        return self._is_our_host(request.META.get("HTTP_HOST", ""))

    def _is_our_host(self, host: str) -> bool:
        if host in self._hosts:
            return True
        domain, _port = split_domain_port(host)
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            return False
        if len(self._hosts) < _MAX_HOSTS:
            self._hosts.add(host)
        return True


def _request_id() -> str:
    """A UUID of version 4, as Django's own path gives one. To ask the kernel for its bits would let go of the
    interpreter's lock, and have another thread go on with its request first."""
    text = f"{random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


class _SecureRequest(HttpRequest):
    """A request that came by HTTPS."""

    def _get_scheme(self) -> str:
        return "https"


def _security_headers(request: HttpRequest) -> Headers:
    """What Django's middleware adds to the answer to a request like this, by whatever settings."""
    response = HttpResponse(content_type="")
    for middleware in (SecurityMiddleware, XFrameOptionsMiddleware):
        middleware(lambda _: response).process_response(request, response)
    return [(name, value) for name, value in response.items() if name != "Content-Type"]
