"""The endpoint over HTTP: POST with JSON or multipart, GET for queries.

`application/json` answers with 200 whatever the document did; `application/graphql-response+json` has
a status of its own for a request that was not executed.
"""

from collections.abc import Callable
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from pinboard.errors import Refusal
from pinboard.graphql import persisted
from pinboard.graphql.context import Context, SessionNeeded
from pinboard.graphql.endpoint import Endpoint, NeedsPost
from pinboard.graphql.errors import Code, code_of, internal, refusal, report
from pinboard.graphql.requests import TooLarge, WrongMediaType, read_call, refuse_large

RESPONSE_JSON = "application/graphql-response+json"

Authenticate = Callable[[HttpRequest], int | None]

_STATUSES = {Code.UNAUTHENTICATED: 401, Code.FORBIDDEN: 403, Code.RATE_LIMITED: 429}


# The CSRF check is the authenticator's: it is for cookies only, and a bearer token needs none.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """`/graphql`. `authenticate` gives the viewer's id, or raises a `Refusal`. `before_graphiql` may
    log somebody in before the page is shown, in development."""

    endpoint: Endpoint = None  # type: ignore[assignment] # given to `as_view()`
    authenticate: Authenticate = staticmethod(lambda request: None)
    graphiql_query: str = ""
    before_graphiql: Callable[[HttpRequest], object] = staticmethod(lambda request: None)
    http_method_names = ["get", "post", "options", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if settings.GRAPHIQL and not request.GET and request.accepts("text/html"):
            if not hasattr(request, "session"):
                raise SessionNeeded
            return self._graphiql(request)
        return self._answer(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    @method_decorator(ensure_csrf_cookie)
    def _graphiql(self, request: HttpRequest) -> HttpResponse:
        self.before_graphiql(request)
        return render(request, "graphql/graphiql.html", {"query": self.graphiql_query})

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._execute(request)
        except SessionNeeded:
            raise
        except Refusal as refused:
            status = _status(refused)
            # A hash that is not known is part of the protocol, and no fault of the request.
            always = not isinstance(refused, persisted.PersistedQueryNotFound)
            response = _json(request, {"errors": [refusal(refused)]}, status, always=always)
            if status == 405:
                response["Allow"] = "POST"
            return response
        except Exception as fault:
            body = {"errors": [internal(report(fault))]}
            return _json(request, body, 500, always=True)

    def _execute(self, request: HttpRequest) -> HttpResponse:
        refuse_large(request)
        # Before the body is looked at: a bearer token or the CSRF header may make it needless.
        viewer_id = self.authenticate(request)
        structlog.contextvars.bind_contextvars(user_id=viewer_id)
        call = read_call(request, viewer_id)
        answer = self.endpoint.answer(call, Context(request, viewer_id))
        return _json(request, answer.body, 200 if answer.executed else 400)


def _json(
    request: HttpRequest, body: dict[str, Any], status: int, *, always: bool = False
) -> HttpResponse:
    """`always`: the status counts in whatever media type."""
    modern = RESPONSE_JSON in request.META.get("HTTP_ACCEPT", "")
    content = orjson.dumps(body)
    return HttpResponse(
        content,
        status=status if modern or always else 200,
        content_type=f"{RESPONSE_JSON if modern else 'application/json'}; charset=utf-8",
        headers={"Content-Length": str(len(content))},
    )


def _status(refused: Refusal) -> int:
    """The HTTP status of a request that was refused before its document was looked at."""
    if isinstance(refused, NeedsPost):
        return 405
    if isinstance(refused, TooLarge):
        return 413
    if isinstance(refused, WrongMediaType):
        return 415
    return _STATUSES.get(code_of(refused), 400)
