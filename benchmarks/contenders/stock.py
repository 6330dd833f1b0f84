"""graphene-django's own view over its own executor, behind Django."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from graphene_django.views import GraphQLView

from benchmarks.contenders.tokens import log_in


@csrf_exempt
def _endpoint(request: HttpRequest) -> HttpResponse:
    """Stock, behind the same bearer token as Pinboard has."""
    if not log_in(request):
        return HttpResponse(status=401)
    answer: HttpResponse = GraphQLView.as_view()(request)
    return answer


urlpatterns = [path("graphql", _endpoint)]
