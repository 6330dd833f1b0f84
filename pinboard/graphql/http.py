"""The endpoint over HTTP: POST with JSON or multipart, GET for queries.

`application/json` answers with 200 whatever the document did; `application/graphql-response+json` has
a status of its own for a request that was not executed.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import structlog
from django.http import HttpRequest

from pinboard.errors import Refusal
from pinboard.graphql import metrics, persisted
from pinboard.graphql.accepting import JSON, RESPONSE_JSON, accepts, prefers_response_json
from pinboard.graphql.context import Context, SessionNeeded
from pinboard.graphql.endpoint import Call, Endpoint, NeedsPost
from pinboard.graphql.errors import Code, code_of, internal, refusal, report, timeout
from pinboard.graphql.requests import (
    NotAcceptable,
    TooLarge,
    WrongMediaType,
    drain,
    in_our_words,
    read_call,
    refuse_large,
)
from pinboard.postgres.timeouts import took_too_long

Authenticate = Callable[[HttpRequest], int | None]

_STATUSES = {Code.UNAUTHENTICATED: 401, Code.FORBIDDEN: 403, Code.RATE_LIMITED: 429}


class Reply(NamedTuple):
    """An HTTP response, before it is one of a framework's."""

    status: int
    content: bytes
    headers: dict[str, str]


class HttpEndpoint:
    """Replies to requests. `authenticate` gives the viewer's id, or raises a `Refusal`."""

    def __init__(self, endpoint: Endpoint, authenticate: Authenticate) -> None:
        self.endpoint = endpoint
        self.authenticate = authenticate

    def reply(self, request: HttpRequest) -> Reply:
        """The reply to a request. Raises `SessionNeeded`, before the body is read, and nothing else."""
        try:
            answer = self.endpoint.answer(*self.read(request))
        except SessionNeeded:
            raise
        except Exception as error:
            return refused(request, error)
        return _reply(request, answer.body, 200 if answer.executed else 400)

    def read(self, request: HttpRequest, media_type: str | None = None) -> tuple[Call, Context]:
        """What is asked for, and by whom. Raises `SessionNeeded`, or a `Refusal`.

        `media_type`: the only one in which it is answered. What is refused here is counted here.
        """
        try:
            if media_type is not None and not accepts(request, media_type):
                raise NotAcceptable(f"Answers are of the type {media_type}. Accept it.")
            refuse_large(request)
            # Before the body is looked at: a bearer token or the CSRF header may make it needless. Where
            # neither is there, Django looks for the CSRF token in the form.
            viewer_id = self.authenticate(request)
            structlog.contextvars.bind_contextvars(user_id=viewer_id)
            return read_call(request, viewer_id), Context(request, viewer_id)
        except SessionNeeded:
            raise
        except Exception as found:
            error = in_our_words(found)
            code = code_of(error) if isinstance(error, Refusal) else Code.INTERNAL
            metrics.REFUSALS.labels(code).inc()
            raise error from error.__cause__


def refused(request: HttpRequest, error: Exception) -> Reply:
    """The reply to a request that could not be answered: its fault or ours."""
    if took_too_long(error):
        return _reply(request, {"errors": [timeout()]}, 503, always=True)
    if not isinstance(error, Refusal):
        return _reply(request, {"errors": [internal(report(error))]}, 500, always=True)
    if not isinstance(error, TooLarge):
        drain(request)
    # A hash that is not known is part of the protocol, and no fault of the request.
    always = not isinstance(error, persisted.PersistedQueryNotFound)
    return _reply(request, {"errors": [refusal(error)]}, _status(error), always=always)


def _reply(
    request: HttpRequest, body: dict[str, Any], status: int, *, always: bool = False
) -> Reply:
    """`always`: the status counts in whatever media type."""
    modern = prefers_response_json(request)
    content = orjson.dumps(body)
    headers = {
        "Content-Type": f"{RESPONSE_JSON if modern else JSON}; charset=utf-8",
        "Content-Length": str(len(content)),
        # It is the viewer's own, and of this moment. Of what it depends on beside the URL and the body.
        "Cache-Control": "no-store",
        "Vary": "Accept, Authorization, Cookie",
    }
    if status == 405:
        headers["Allow"] = "POST"
    return Reply(status if modern or always else 200, content, headers)


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
