"""Every address that the web process answers, `/health/` aside (see `pinboard.health`)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.static import serve

from apps.demo.login import log_in_demo_person
from apps.feed.views import feed_inspector
from apps.users.views import download_export
from config.api import endpoint
from pinboard.graphql.view import GraphQLView

GRAPHIQL_QUERY = """\
# Your home feed: what you may like best of what you follow, and of what is popular.
query HomeFeed {
  viewer {
    username
    homeFeed(first: 25) {
      edges {
        reason { kind person { username } board { name } topic { name } }
        node {
          id
          title
          saveCount
          author { username displayName }
          board { name slug }
          picture { image(size: W236) { url width height } dominantColor }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

urlpatterns = [
    path(
        "graphql",
        GraphQLView.as_view(
            endpoint=endpoint,
            graphiql_query=GRAPHIQL_QUERY,
            before_graphiql=log_in_demo_person,
        ),
        name="graphql",
    ),
    path("auth/", include("allauth.headless.urls")),
    path("exports/<str:export_id>", download_export, name="data-export"),
    path("admin/feed/inspector/", admin.site.admin_view(feed_inspector), name="feed-inspector"),
    path("admin/", admin.site.urls),
]
if settings.DEBUG and not settings.ENV.s3_bucket:
    # What waits for its worker still carries its maker's metadata; it is served nowhere.
    urlpatterns.append(
        path(
            "media/pictures/<path:path>", serve, {"document_root": settings.MEDIA_ROOT / "pictures"}
        )
    )
