"""The bearer token of the product, for views that know nothing else of it."""

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.http import HttpRequest


def log_in(request: HttpRequest) -> bool:
    """Set `request.user` by the token; False for one that is nobody's."""
    token = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    found = authenticate_by_x_session_token(token) if token else None
    if found is None:
        return False
    request.user = found[0]
    return True
