"""What `/auth/` refuses that allauth would fail on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest


class MalformedInputMiddleware:
    """400 instead of 500 for two kinds of text that allauth's forms let pass.

    Half of a surrogate pair, which JSON can spell and neither Postgres nor a hash takes; and the
    key of a password reset that names nobody, such as `-1`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not request.path.startswith("/auth/"):
            return None
        if isinstance(error, UnicodeEncodeError):
            return HttpResponseBadRequest("A text is not well-formed Unicode.")
        if isinstance(error, TypeError) and request.path.endswith("/auth/password/reset"):
            return HttpResponseBadRequest("The key is not valid.")
        return None
