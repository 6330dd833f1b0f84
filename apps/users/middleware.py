"""What `/auth/` answers where allauth would fail."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse

from pinboard.cache.once import AWAY

log = structlog.get_logger(__name__)

_LATER = "This can't be done at the moment. Try again in a minute."


class AuthFaultsMiddleware:
    """400 instead of 500 for two kinds of text that allauth's forms let pass, and 503 without Valkey.

    Half of a surrogate pair, which JSON can spell and neither Postgres nor a hash takes; and the
    key of a password reset that names nobody, such as `-1`. Where Valkey is away or full nobody counts who
    guesses passwords, so nobody may try one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not request.path.startswith("/auth/"):
            return None
        if isinstance(error, AWAY):
            log.warning("auth.away", reason=type(error).__name__)
            body = {"status": 503, "errors": [{"code": "unavailable", "message": _LATER}]}
            return JsonResponse(body, status=503)
        if isinstance(error, UnicodeEncodeError):
            return HttpResponseBadRequest("A text is not well-formed Unicode.")
        if isinstance(error, TypeError) and request.path.endswith("/auth/password/reset"):
            return HttpResponseBadRequest("The key is not valid.")
        return None
