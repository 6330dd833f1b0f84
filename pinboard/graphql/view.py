"""The endpoint as a view of Django's, and GraphiQL, its page for people, in development."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from pinboard.graphql.accepting import accepts
from pinboard.graphql.http import HttpEndpoint


# The CSRF check is the authenticator's: it is for cookies only, and a bearer token needs none.
@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """`/graphql`. `before_graphiql` may log somebody in before the page is shown."""

    endpoint: HttpEndpoint = None  # type: ignore[assignment] # given to `as_view()`
    graphiql_query: str = ""
    before_graphiql: Callable[[HttpRequest], object] = staticmethod(lambda request: None)
    http_method_names = ["get", "post", "options", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if settings.GRAPHIQL and not request.GET and accepts(request, "text/html"):
            return self._graphiql(request)
        return self._answer(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    @method_decorator(ensure_csrf_cookie)
    def _graphiql(self, request: HttpRequest) -> HttpResponse:
        self.before_graphiql(request)
        return render(request, "graphql/graphiql.html", {"query": self.graphiql_query})

    def _answer(self, request: HttpRequest) -> HttpResponse:
        reply = self.endpoint.reply(request)
        return HttpResponse(reply.content, status=reply.status, headers=reply.headers)
