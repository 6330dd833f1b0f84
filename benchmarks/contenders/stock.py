"""graphene-django's own view over its own executor, behind Django."""

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from graphene_django.views import GraphQLView


@csrf_exempt
def _endpoint(request: HttpRequest) -> HttpResponse:
    """Stock, behind the same bearer token as Pinboard has."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    found = authenticate_by_x_session_token(token) if token else None
    if found is None:
        return HttpResponse(status=401)
    request.user = found[0]
    answer: HttpResponse = GraphQLView.as_view()(request)
    return answer


urlpatterns = [path("graphql", _endpoint)]
