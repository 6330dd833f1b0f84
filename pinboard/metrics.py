"""`/metrics`, for Prometheus.

Several processes that serve one port (web workers) share a folder for their figures, which
`PROMETHEUS_MULTIPROC_DIR` names: https://prometheus.github.io/client_python/multiprocess/.
"""

import hmac
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector


class MetricsMiddleware:
    """Answers whoever has the token; for others, and in production without a token, it is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != "/metrics":
            return self.get_response(request)
        if not _may_read(request.META.get("HTTP_AUTHORIZATION", "")):
            return HttpResponseNotFound()
        return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _may_read(authorization: str) -> bool:
    token = settings.METRICS_TOKEN
    if not token:
        return not settings.PRODUCTION
    return hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())


def _registry() -> CollectorRegistry:
    if not settings.ENV.prometheus_multiproc_dir:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
