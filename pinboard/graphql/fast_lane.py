"""The endpoint in front of Django's handler, for those whose session is known already.

Most requests to the endpoint need nothing of Django's middleware but its headers, and it takes as
long as the rest of them. What is not plainly such a request goes to Django, which answers it by the
same `HttpEndpoint`: an unknown session, an unknown host, plain HTTP where HTTPS is wanted, GraphiQL.
"""

import uuid
from collections.abc import Callable, Iterable
from contextvars import copy_context
from http.client import responses
from typing import Any

import structlog
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.http.request import split_domain_port, validate_host

from pinboard.graphql.context import SessionNeeded
from pinboard.graphql.http import HttpEndpoint, Reply

log = structlog.get_logger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_MAX_HOSTS = 100


class FastLane:
    """A WSGI application: `application`, but for what `endpoint` at `path` answers at once."""

    def __init__(self, application: Application, path: str, endpoint: HttpEndpoint) -> None:
        self._application = application
        self._path = path
        self._endpoint = endpoint
        self._hosts: set[str] = set()
        self._headers = _security_headers()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        reply = None
        if environ.get("PATH_INFO") == self._path:
            # In a context of its own, with which what was bound for logs is gone.
            reply = copy_context().run(self._reply, environ)
        if reply is None:
            return self._application(environ, start_response)
        status = f"{reply.status} {responses[reply.status]}"
        start_response(status, [*reply.headers.items(), *self._headers])
        return [reply.content]

    def _reply(self, environ: dict[str, Any]) -> Reply | None:
        request = WSGIRequest(environ)
        if not self._is_plain(request):
            return None
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()))
        request_started.send(sender=FastLane, environ=environ)
        try:
            reply = self._endpoint.reply(request)
            asked = f"{request.method} {self._path}"
            log.info("request_finished", code=reply.status, request=asked)
        except SessionNeeded:
            return None
        return reply

    def _is_plain(self, request: WSGIRequest) -> bool:
        if request.method != "POST" and not (request.method == "GET" and request.GET):
            return False
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
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


def _security_headers() -> list[tuple[str, str]]:
    """What Django's middleware would add, by the same settings."""
    headers = {
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    }
    if settings.SECURE_CONTENT_TYPE_NOSNIFF:
        headers["X-Content-Type-Options"] = "nosniff"
    # Wherever this is set, plain HTTP does not come here.
    if settings.SECURE_HSTS_SECONDS and settings.SECURE_SSL_REDIRECT:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return list(headers.items())
