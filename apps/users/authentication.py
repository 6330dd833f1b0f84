"""Who sends a request to the API: a session cookie with CSRF protection, or a bearer token."""

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from apps.users.sessions import end_topic, known_viewer, let_go, remember_viewer
from pinboard.errors import Forbidden, Unauthenticated
from pinboard.graphql.context import SessionNeeded


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, which says no by its reason instead of by a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def authenticate(request: HttpRequest) -> int | None:
    """The id of the person who sent the request; None when nobody is logged in.

    A bearer token is the session token that the app client gets from `/auth/app/v1/`. A token that
    is wrong or has ended is an error, since its sender believes to be somebody; a cookie that has
    ended is none, since a browser sends it unasked.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header:
        return _by_token(header)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    viewer_id = _by_cookie(request)
    if viewer_id is not None:
        _require_csrf(request)
    return viewer_id


def authenticate_stream(request: HttpRequest) -> int | None:
    """As `authenticate`, for streams, which a page opens by GET and a cookie alone.

    Another site could not read them, and its visitors' streams would be used up all the same.
    """
    if (key := _session_key(request)) is not None:
        let_go(key)  # a session that ended elsewhere has ended here
    viewer_id = authenticate(request)
    if viewer_id is not None and request.method == "GET" and not _is_bearer(request):
        _require_same_origin(request)
    return viewer_id


def session_topic(request: HttpRequest) -> str:
    """What is announced when the session of an authenticated request ends."""
    return end_topic(_session_key(request) or "")


def _session_key(request: HttpRequest) -> str | None:
    if _is_bearer(request):
        return _token(request.headers["Authorization"])
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME)


def _is_bearer(request: HttpRequest) -> bool:
    return bool(request.headers.get("Authorization"))


def _token(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _by_cookie(request: HttpRequest) -> int | None:
    key = request.COOKIES[settings.SESSION_COOKIE_NAME]
    known = known_viewer(key)
    if known is not None:
        return known
    if not hasattr(request, "user"):
        raise SessionNeeded
    user = request.user
    if not user.is_authenticated:
        return None
    remember_viewer(key, user.pk)
    return user.pk


def _by_token(header: str) -> int:
    token = _token(header)
    known = known_viewer(token)
    if known is not None:
        return known
    found = authenticate_by_x_session_token(token) if token else None
    if found is None:
        raise Unauthenticated("The token is not valid, or no more. Log in again.")
    viewer_id: int = found[0].pk
    remember_viewer(token, viewer_id)
    return viewer_id


def _no_view(request: HttpRequest) -> HttpResponse:
    """Stands for the view in Django's check, which looks whether it is exempt: it is not."""
    return HttpResponse()


def _require_csrf(request: HttpRequest) -> None:
    check = _CsrfCheck(_no_view)
    check.process_request(request)
    if request.method == "POST" and check.process_view(request, _no_view, (), {}) is not None:
        raise Forbidden(
            "The CSRF token is missing or wrong. Send the cookie's value as X-CSRFToken."
        )


def _require_same_origin(request: HttpRequest) -> None:
    """Browsers say where a request comes from: in one header, or, older ones, in another."""
    ours = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin", ours)
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site != "same-origin" or origin not in [ours, *settings.CSRF_TRUSTED_ORIGINS]:
        raise Forbidden("Streams are opened by our own pages alone.")
