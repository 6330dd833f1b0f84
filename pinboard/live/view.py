"""The endpoint up to where a stream begins: who asks, for what, and whether they may.

What is wrong with the request is answered in JSON with a status of its own. What is wrong with the
document comes as an event, as the protocol wants it, since a browser's `EventSource` tells nothing
of an answer that is not 200.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from graphql import ExecutionResult, OperationType

from pinboard.errors import Unauthenticated
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.run import prepare
from pinboard.graphql.engine.subscription import Subscription, subscribe
from pinboard.graphql.errors import body_of, was_executed
from pinboard.graphql.view import Asked, GraphQLView, NotAcceptable
from pinboard.live.frames import COMPLETE, MEDIA_TYPE, next_of
from pinboard.live.stream import Stream, bare


class StreamResponse(HttpResponse):
    """The beginning of a stream: `pinboard.live.application` goes on with it."""

    def __init__(self, stream: Stream, frame: bytes) -> None:
        super().__init__(frame, content_type=MEDIA_TYPE)
        self.stream = stream


class StreamView(GraphQLView):
    """`/graphql/stream`. `session_topic`: what is announced when the session of a request ends."""

    session_topic: Callable[[HttpRequest], str] = staticmethod(lambda request: "")
    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, self._from_url)

    def _execute(
        self, request: HttpRequest, read: Callable[[HttpRequest], dict[str, Any]]
    ) -> HttpResponse:
        if not request.accepts(MEDIA_TYPE):
            raise NotAcceptable(f"Answers are of the type {MEDIA_TYPE}. Accept it.")
        asked = self._asked(request, read)
        found = self._run(asked)
        if isinstance(found, Subscription):
            asked.keep_document()
            return self._begin(asked, found)
        if was_executed(found):
            asked.keep_document()
        return HttpResponse(next_of(body_of(found)) + COMPLETE, content_type=MEDIA_TYPE)

    def _run(self, asked: Asked) -> Subscription | ExecutionResult:
        prepared = prepare(self.documents, **asked.operation, only_queries=asked.by_get)
        if isinstance(prepared, ExecutionResult):
            return prepared
        operation, variables = prepared
        if operation.operation.operation is OperationType.SUBSCRIPTION:
            if asked.context.viewer_id is None:
                raise Unauthenticated("Log in to subscribe.")
            return subscribe(operation, variables, asked.context)
        return Execution(operation, variables, asked.context).run()

    def _begin(self, asked: Asked, subscription: Subscription) -> HttpResponse:
        request = asked.context.request
        stream = Stream(
            subscription,
            bare(request),
            asked.context.require_viewer(),
            self.authenticate,
            self.session_topic(request),
        )
        frame = stream.begin()
        if stream.is_over:
            return HttpResponse(frame, content_type=MEDIA_TYPE)
        return StreamResponse(stream, frame)
