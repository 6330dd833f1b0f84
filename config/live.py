"""Every address that the live process answers, `/health/` aside."""

from django.urls import path

from apps.users.authentication import authenticate_stream, session_topic
from config.schema import schema
from pinboard.graphql.endpoint import Endpoint
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.http import HttpEndpoint
from pinboard.live.view import StreamView

urlpatterns = [
    path(
        "graphql/stream",
        StreamView.as_view(
            endpoint=HttpEndpoint(Endpoint(Documents(schema.graphql_schema)), authenticate_stream),
            session_topic=session_topic,
        ),
    ),
]
