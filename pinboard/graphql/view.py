"""The endpoint: GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/.

POST with JSON or multipart, GET for queries. `application/json` answers with 200 whatever the
document did; `application/graphql-response+json` has a status of its own for a request that was not
executed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from pinboard.errors import BadInput, Refusal
from pinboard.graphql import persisted
from pinboard.graphql.context import Context, SessionNeeded
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.engine.run import NeedsPost, run
from pinboard.graphql.errors import Code, code_of, format_errors, internal, refusal, report
from pinboard.graphql.upload import read_multipart

RESPONSE_JSON = "application/graphql-response+json"

Authenticate = Callable[[HttpRequest], int | None]

_STATUSES = {Code.UNAUTHENTICATED: 401, Code.FORBIDDEN: 403, Code.RATE_LIMITED: 429}


class TooLarge(BadInput):
    """The request has more bytes than any request needs."""


class WrongMediaType(BadInput):
    """The body is of a type that the endpoint does not read."""


# The CSRF check is the authenticator's: it is for cookies only, and a bearer token needs none.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """`/graphql`. `authenticate` gives the viewer's id, or raises a `Refusal`. `before_graphiql` may
    log somebody in before the page is shown, in development."""

    documents: Documents = None  # type: ignore[assignment] # given to `as_view()`
    authenticate: Authenticate = staticmethod(lambda request: None)
    graphiql_query: str = ""
    before_graphiql: Callable[[HttpRequest], object] = staticmethod(lambda request: None)
    http_method_names = ["get", "post", "options", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if settings.GRAPHIQL and not request.GET and request.accepts("text/html"):
            if not hasattr(request, "session"):
                raise SessionNeeded
            return self._graphiql(request)
        return self._answer(request, self._from_url)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, self._from_body)

    @method_decorator(ensure_csrf_cookie)
    def _graphiql(self, request: HttpRequest) -> HttpResponse:
        self.before_graphiql(request)
        return render(request, "graphql/graphiql.html", {"query": self.graphiql_query})

    def _answer(
        self, request: HttpRequest, read: Callable[[HttpRequest], dict[str, Any]]
    ) -> HttpResponse:
        try:
            return self._execute(request, read)
        except SessionNeeded:
            raise
        except Refusal as refused:
            status = _status(refused)
            # A hash that is not known is part of the protocol, and no fault of the request.
            always = not isinstance(refused, persisted.PersistedQueryNotFound)
            response = self._json(request, {"errors": [refusal(refused)]}, status, always=always)
            if status == 405:
                response["Allow"] = "POST"
            return response
        except Exception as fault:
            body = {"errors": [internal(report(fault))]}
            return self._json(request, body, 500, always=True)

    def _execute(
        self, request: HttpRequest, read: Callable[[HttpRequest], dict[str, Any]]
    ) -> HttpResponse:
        with _readable():
            _refuse_large(request)
            # Before the body is looked at: a bearer token or the CSRF header may make it needless.
            viewer_id = self.authenticate(request)
            structlog.contextvars.bind_contextvars(user_id=viewer_id)
            parameters = _checked(read(request))
        sha256 = parameters.pop("sha256")
        sent = parameters["query"] is not None
        if not sent:
            parameters["query"] = persisted.recall(sha256)
        result = run(
            self.documents,
            Context(request, viewer_id),
            **parameters,
            only_queries=request.method != "POST",
        )
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = format_errors(result.errors)
        executed = result.data is not None or any(error.path for error in result.errors or [])
        if executed:
            body["data"] = result.data
            if sent and sha256 is not None:
                persisted.keep(sha256, parameters["query"])
        return self._json(request, body, 200 if executed else 400)

    def _from_url(self, request: HttpRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {
            name: request.GET[name] for name in ("query", "operationName") if name in request.GET
        }
        for name in ("variables", "extensions"):
            if text := request.GET.get(name):
                parameters[name] = _loads(text.encode(), f"`{name}`")
        return parameters

    def _from_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type == "multipart/form-data":
            return read_multipart(request)
        if request.content_type != "application/json":
            raise WrongMediaType("Send the request as application/json or multipart/form-data.")
        body = _loads(request.body, "The body")
        if not isinstance(body, dict):
            raise BadInput("The body must be one JSON object; batches are not taken.")
        return body

    def _json(
        self, request: HttpRequest, body: dict[str, Any], status: int, *, always: bool = False
    ) -> HttpResponse:
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


def _refuse_large(request: HttpRequest) -> None:
    """Refuse a body by its announced length, before Django writes its files to disk."""
    length = request.META.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length[:20]) > settings.MULTIPART_MAX_BYTES:
        raise TooLarge("The request is too large.")


@contextmanager
def _readable() -> Iterator[None]:
    """Django's complaints about what a request holds, in words of ours."""
    try:
        yield
    except RequestDataTooBig:
        raise TooLarge("The request is too large.") from None
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        raise BadInput("The request can't be read: it is cut off or malformed.") from None


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    query, variables = body.get("query"), body.get("variables")
    name = body.get("operationName")
    sha256 = persisted.hash_of(body.get("extensions"))
    by_hash_alone = query is None and sha256 is not None
    if not by_hash_alone and (not isinstance(query, str) or not query.strip()):
        raise BadInput("`query` is missing. It holds the document's text.")
    if query is not None and sha256 is not None:
        persisted.check(sha256, query)
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` must be an object.")
    if name is not None and not isinstance(name, str):
        raise BadInput("`operationName` must be a text.")
    return {
        "query": query,
        "sha256": sha256,
        "variables": variables,
        "operation_name": name or None,
    }


def _loads(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise BadInput(f"{what} is not JSON.") from None
