"""What a request asks for, read from its body or its URL.

GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/.
"""

from contextlib import suppress
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from pinboard.errors import BadInput
from pinboard.graphql import persisted
from pinboard.graphql.configured import configured
from pinboard.graphql.endpoint import Call
from pinboard.graphql.metrics import Client
from pinboard.graphql.upload import read_multipart
from pinboard.network import client_network

# Reading JSON takes a dozen times its size in memory.
MAX_JSON_BYTES = 500_000
_CHUNK_BYTES = 64 * 1024


class TooLarge(BadInput):
    """The request has more bytes than any request needs."""


class WrongMediaType(BadInput):
    """The body is of a type that the endpoint does not read."""


class NotAcceptable(BadInput):
    """The answer would be of a type that the client does not take."""


def refuse_large(request: HttpRequest) -> None:
    """Refuse a body by its announced length, before Django writes its files to disk."""
    length = request.META.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length[:20]) > configured().multipart_max_bytes:
        raise TooLarge("The request is too large.")


def drain(request: HttpRequest) -> None:
    """Read what is left of a refused request's body, and forget it.

    A server closes a connection on which it answered before the body was read, and a client that is
    still sending its file then sees a broken connection in place of the answer.
    """
    with suppress(UnreadablePostError):  # the client has gone
        while request.read(_CHUNK_BYTES):
            pass


def read_call(request: HttpRequest, viewer_id: int | None) -> Call:
    """The operation that a request asks for. Raises `BadInput`, or what `in_our_words` puts so."""
    parameters = _from_url(request) if request.method == "GET" else _from_body(request)
    query, variables = parameters.get("query"), parameters.get("variables")
    name = parameters.get("operationName")
    extensions = parameters.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise BadInput("`extensions` must be an object.")
    sha256 = persisted.hash_of(extensions or {})
    by_hash_alone = query is None and sha256 is not None
    if not by_hash_alone and (not isinstance(query, str) or not query.strip()):
        raise BadInput("`query` is missing. It holds the document's text.")
    if query is not None and sha256 is not None:
        persisted.check(sha256, query)
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` must be an object.")
    if name is not None and not isinstance(name, str):
        raise BadInput("`operationName` must be a text.")
    return Call(
        query,
        sha256,
        variables,
        name or None,
        only_queries=request.method != "POST",
        holder=client_network(request) if viewer_id is None else str(viewer_id),
        client=Client(
            request.META.get("HTTP_X_CLIENT_NAME", ""),
            request.META.get("HTTP_X_CLIENT_VERSION", ""),
        ),
    )


def in_our_words(error: Exception) -> Exception:
    """Django's complaint about what a request holds as a refusal of ours; any other error as it is."""
    if isinstance(error, RequestDataTooBig):
        return TooLarge("The request is too large.")
    if isinstance(error, (MultiPartParserError, SuspiciousOperation, UnreadablePostError)):
        return BadInput("The request can't be read: it is cut off or malformed.")
    return error


def _from_url(request: HttpRequest) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        name: request.GET[name] for name in ("query", "operationName") if name in request.GET
    }
    for name in ("variables", "extensions"):
        if text := request.GET.get(name):
            parameters[name] = _loads(text.encode(), f"`{name}`")
    return parameters


def _from_body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        return read_multipart(request)
    if request.content_type != "application/json":
        raise WrongMediaType("Send the request as application/json or multipart/form-data.")
    content = request.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise TooLarge(
            f"The request is too large. Send {MAX_JSON_BYTES} bytes at most, and files as a form."
        )
    body = _loads(content, "The body")
    if not isinstance(body, dict):
        raise BadInput("The body must be one JSON object; batches are not taken.")
    return body


def _loads(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        raise BadInput(f"{what} is not JSON.") from None
