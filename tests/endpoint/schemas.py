"""Endpoints over schemas made for a test."""

import json
from collections.abc import Sequence
from typing import Any

import graphene
from django.http import HttpResponse
from django.test import RequestFactory

from pinboard.graphql.endpoint import Endpoint
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.http import Authenticate, HttpEndpoint
from pinboard.graphql.view import GraphQLView


def endpoint(
    query: type,
    mutation: type | None = None,
    viewer: int | None = None,
    types: Sequence[type] = (),
    authenticate: Authenticate | None = None,
) -> Any:
    """The view over a schema with these roots and `types`, for the person `viewer`, or for whom
    `authenticate` says."""
    schema = graphene.Schema(query=query, mutation=mutation, types=types)
    documents = Documents(schema.graphql_schema)
    return GraphQLView.as_view(
        endpoint=HttpEndpoint(Endpoint(documents), authenticate or (lambda request: viewer))
    )


def ask(
    view: Any, query: str, headers: dict[str, str] | None = None, **variables: Any
) -> dict[str, Any]:
    """The body of the answer to a POST."""
    request = RequestFactory().post(
        "/graphql",
        json.dumps({"query": query, "variables": variables}),
        "application/json",
        headers=headers,
    )
    return body(view(request))


def body(response: HttpResponse) -> dict[str, Any]:
    """A response's JSON."""
    found: dict[str, Any] = json.loads(response.content)
    return found
