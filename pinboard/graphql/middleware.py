"""The short way to the endpoint: past sessions, messages and whatever else only pages need."""

import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.functional import cached_property

from pinboard.graphql.context import SessionNeeded

log = structlog.get_logger(__name__)

PATH = "/graphql"


class EndpointMiddleware:
    """Answers what comes to the endpoint at once; stands behind what every response needs.

    A request of which the session has to be opened goes the long way, through all of Django's
    middleware, to the same view. So it does when GraphiQL is asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        structlog.contextvars.bind_contextvars(request_id=str(uuid.uuid4()))
        try:
            request.get_host()  # refuses a host that is not ours
            response: HttpResponse = self._view(request)
            log.info(
                "request_finished", code=response.status_code, request=f"{request.method} {PATH}"
            )
        except SessionNeeded:
            response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        return response

    @cached_property
    def _view(self) -> Callable[..., HttpResponse]:
        return resolve(PATH).func
