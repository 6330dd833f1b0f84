"""The media types that a client accepts, as its `Accept` tells: RFC 9110, 12.5.1."""

from functools import lru_cache

from django.http import HttpRequest
from django.http.request import MediaType

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"

# Nobody accepts more, and each takes its time to be read.
_MOST_RANGES = 50


def accepts(request: HttpRequest, media_type: str) -> bool:
    """Whether a client takes answers of a media type."""
    return _quality(request.META.get("HTTP_ACCEPT", "*/*"), media_type) > 0


def prefers_response_json(request: HttpRequest) -> bool:
    """Whether a client names the media type of GraphQL over HTTP, and wants it no less than plain JSON."""
    accept = request.META.get("HTTP_ACCEPT", "")
    return RESPONSE_JSON in accept and _prefers_response_json(accept)


# Each client sends the same with all of its requests.
@lru_cache(maxsize=100)
def _prefers_response_json(accept: str) -> bool:
    return 0 < _quality(accept, RESPONSE_JSON) >= _quality(accept, JSON)


def _quality(accept: str, media_type: str) -> float:
    """How much a media type is wanted, from 0 to 1: what the narrowest range says that holds it. What can't be
    read wants nothing."""
    try:
        ranges = list(map(MediaType, accept.split(",", _MOST_RANGES)[:_MOST_RANGES]))
    except ValueError:
        return 0.0
    qualities = {f"{one.main_type}/{one.sub_type}": one.quality for one in ranges}
    main_type, _, _ = media_type.partition("/")
    holding = (media_type, f"{main_type}/*", "*/*")
    return next((qualities[one] for one in holding if one in qualities), 0.0)
