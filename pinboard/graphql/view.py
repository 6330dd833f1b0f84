"""The endpoint: GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/.

POST with JSON or multipart, GET for queries. `application/json` answers with 200 whatever the
document did; `application/graphql-response+json` has a status of its own for a request that was not
executed.
"""

from collections.abc import Callable
from typing import Any

import graphene
import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from pinboard.errors import BadInput, Refusal
from pinboard.graphql import engine
from pinboard.graphql.context import Context
from pinboard.graphql.errors import format_error, refusal
from pinboard.graphql.upload import read_multipart

RESPONSE_JSON = "application/graphql-response+json"

# A picture of 32 MiB and what is around it.
MAX_MULTIPART_BYTES = 34_000_000

Authenticate = Callable[[HttpRequest], int | None]


# The CSRF check is the authenticator's: it is for cookies only, and a bearer token needs none.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """`/graphql`. `authenticate` gives the viewer's id, or raises a `Refusal`. `before_graphiql` may
    log somebody in before the page is shown, in development."""

    schema: graphene.Schema = None
    authenticate: Authenticate = staticmethod(lambda request: None)
    graphiql_query: str = ""
    before_graphiql: Callable[[HttpRequest], object] = staticmethod(lambda request: None)
    http_method_names = ["get", "post", "options", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if settings.GRAPHIQL and "query" not in request.GET and request.accepts("text/html"):
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
            # First: reading the body of a multipart request would let Django look for a CSRF field.
            viewer_id = self.authenticate(request)
            parameters = _checked(read(request))
        except Refusal as refused:
            status = 401 if refusal(refused)["extensions"]["code"] == "UNAUTHENTICATED" else 400
            return self._json(request, {"errors": [refusal(refused)]}, status, always=True)
        result = engine.run(
            self.schema,
            Context(request, viewer_id),
            **parameters,
            only_queries=request.method != "POST",
        )
        body: dict[str, Any] = {}
        if result.errors:
            body["errors"] = [format_error(error) for error in result.errors]
        executed = result.data is not None or any(error.path for error in result.errors or [])
        if executed:
            body["data"] = result.data
        return self._json(request, body, 200 if executed else 400)

    def _from_url(self, request: HttpRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {
            name: request.GET[name] for name in ("query", "operationName") if name in request.GET
        }
        if variables := request.GET.get("variables"):
            parameters["variables"] = _loads(variables.encode(), "`variables`")
        return parameters

    def _from_body(self, request: HttpRequest) -> dict[str, Any]:
        try:
            if request.content_type == "multipart/form-data":
                _refuse_large(request)
                return read_multipart(request)
            if request.content_type != "application/json":
                raise BadInput("Send the request as application/json or multipart/form-data.")
            body = _loads(request.body, "The body")
        except RequestDataTooBig:
            raise BadInput("The request is too large.") from None
        except (MultiPartParserError, SuspiciousOperation):
            raise BadInput("The multipart body can't be read.") from None
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


def _refuse_large(request: HttpRequest) -> None:
    """Refuse by its announced length what Django would first write to disk."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_MULTIPART_BYTES:
        raise BadInput(
            f"The request is larger than {MAX_MULTIPART_BYTES // 10**6} MB. Send less at once."
        )


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    query, variables = body.get("query"), body.get("variables")
    name = body.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadInput("`query` is missing. It holds the document's text.")
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` must be an object.")
    if name is not None and not isinstance(name, str):
        raise BadInput("`operationName` must be a text.")
    return {"query": query, "variables": variables, "operation_name": name or None}


def _loads(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise BadInput(f"{what} is not JSON.") from None
