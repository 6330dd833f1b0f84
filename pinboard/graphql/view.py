"""The endpoint: GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/.

POST with JSON or multipart, GET for queries. `application/json` answers with 200 whatever the
document did; `application/graphql-response+json` has a status of its own for a request that was not
executed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from pinboard.graphql.context import Context
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.engine.run import NeedsPost, run
from pinboard.graphql.errors import (
    Code,
    body_of,
    code_of,
    internal,
    refusal,
    report,
    was_executed,
)
from pinboard.graphql.upload import read_multipart

RESPONSE_JSON = "application/graphql-response+json"

Authenticate = Callable[[HttpRequest], int | None]

_STATUSES = {Code.UNAUTHENTICATED: 401, Code.FORBIDDEN: 403, Code.RATE_LIMITED: 429}


@dataclass(frozen=True)
class Asked:
    """A request that can be read. `new_sha256`: the hash that its document came with."""

    context: Context
    operation: dict[str, Any]
    new_sha256: str | None

    @property
    def by_get(self) -> bool:
        return self.context.request.method != "POST"

    def keep_document(self) -> None:
        """Know the document by its hash from now on; it has proved to be valid."""
        if self.new_sha256 is not None:
            persisted.keep(self.new_sha256, self.operation["query"])


class TooLarge(BadInput):
    """The request has more bytes than any request needs."""


class WrongMediaType(BadInput):
    """The body is of a type that the endpoint does not read."""


class NotAcceptable(BadInput):
    """The answer would be of a type that the client does not take."""


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
        asked = self._asked(request, read)
        result = run(self.documents, asked.context, **asked.operation, only_queries=asked.by_get)
        executed = was_executed(result)
        if executed:
            asked.keep_document()
        return self._json(request, body_of(result), 200 if executed else 400)

    def _asked(
        self, request: HttpRequest, read: Callable[[HttpRequest], dict[str, Any]]
    ) -> "Asked":
        """Who asks for what. Raises a `Refusal`."""
        with _readable():
            _refuse_large(request)
            # Before the body is looked at: a bearer token or the CSRF header may make it needless.
            viewer_id = self.authenticate(request)
            structlog.contextvars.bind_contextvars(user_id=viewer_id)
            operation = _checked(read(request))
        sha256 = operation.pop("sha256")
        new_sha256 = sha256
        if operation["query"] is None:
            operation["query"], new_sha256 = persisted.recall(sha256), None
        return Asked(Context(request, viewer_id), operation, new_sha256)

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
        modern = RESPONSE_JSON in request.headers.get("Accept", "")
        return HttpResponse(
            orjson.dumps(body),
            status=status if modern or always else 200,
            content_type=f"{RESPONSE_JSON if modern else 'application/json'}; charset=utf-8",
        )


def _status(refused: Refusal) -> int:
    """The HTTP status of a request that was refused before its document was looked at."""
    if isinstance(refused, NeedsPost):
        return 405
    if isinstance(refused, NotAcceptable):
        return 406
    if isinstance(refused, TooLarge):
        return 413
    if isinstance(refused, WrongMediaType):
        return 415
    return _STATUSES.get(code_of(refused), 400)


def _refuse_large(request: HttpRequest) -> None:
    """Refuse a body by its announced length, before Django writes its files to disk."""
    length = request.headers.get("Content-Length", "")
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
