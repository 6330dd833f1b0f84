"""`/health/live` and `/health/ready`, answered before anything that a probe has no part in."""

from collections.abc import Callable
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from pinboard.health.checks import NEEDED, checks, run


class HealthMiddleware:
    """Live: this process answers. Ready: it can serve (200), or what it lacks (503).

    A dependency that is down but not needed leaves the answer at 200 with status `degraded`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/live":
            return JsonResponse({"status": "ok"})
        if request.path == "/health/ready":
            return self._ready()
        return self.get_response(request)

    def _ready(self) -> HttpResponse:
        results = {name: run(check) for name, check in checks().items()}
        failed = {name for name, result in results.items() if not result.ok}
        status = "unavailable" if failed & NEEDED else "degraded" if failed else "ok"
        return JsonResponse(
            {
                "status": status,
                "checks": {name: asdict(result) for name, result in results.items()},
            },
            status=503 if failed & NEEDED else 200,
            headers={"Cache-Control": "no-store"},
        )
