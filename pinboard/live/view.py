"""The endpoint up to where a stream begins: who asks, for what, and whether they may.

What is wrong with the request is answered in JSON with a status of its own. What is wrong with the
document comes as an event, as the protocol wants it, since a browser's `EventSource` tells nothing
of an answer that is not 200.
"""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from pinboard.graphql.context import Context
from pinboard.graphql.endpoint import Answer
from pinboard.graphql.engine.subscription import Subscription
from pinboard.graphql.http import HttpEndpoint, refused
from pinboard.live.frames import COMPLETE, MEDIA_TYPE, next_of
from pinboard.live.stream import Stream, bare


class StreamResponse(HttpResponse):
    """The beginning of a stream: `pinboard.live.application` goes on with it."""

    def __init__(self, stream: Stream, frame: bytes) -> None:
        super().__init__(frame, content_type=MEDIA_TYPE)
        self.stream = stream


# The CSRF check is the authenticator's: it is for cookies only, and a bearer token needs none.
@method_decorator(csrf_exempt, name="dispatch")
class StreamView(View):
    """`/graphql/stream`. `session_topic`: what is announced when the session of a request ends."""

    endpoint: HttpEndpoint = None  # type: ignore[assignment] # given to `as_view()`
    session_topic: Callable[[HttpRequest], str] = staticmethod(lambda request: "")
    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._begun(request)
        except Exception as error:
            reply = refused(request, error)
            return HttpResponse(reply.content, status=reply.status, headers=reply.headers)

    def _begun(self, request: HttpRequest) -> HttpResponse:
        call, context = self.endpoint.read(request, MEDIA_TYPE)
        begin = partial(self._stream, context)
        found = self.endpoint.endpoint.subscribe(call, context, begin)
        if isinstance(found, Answer):
            return HttpResponse(next_of(found.body) + COMPLETE, content_type=MEDIA_TYPE)
        return found

    def _stream(self, context: Context, subscription: Subscription) -> HttpResponse:
        request = context.request
        stream = Stream(
            subscription,
            bare(request),
            context.require_viewer(),
            self.endpoint.authenticate,
            self.session_topic(request),
        )
        frame = stream.begin()
        if stream.is_over:
            return HttpResponse(frame, content_type=MEDIA_TYPE)
        return StreamResponse(stream, frame)
