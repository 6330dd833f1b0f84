"""strawberry-django's own view, types and connection over our models, with its optimizer."""

from enum import Enum

import strawberry
import strawberry_django
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry import relay
from strawberry.django.views import GraphQLView
from strawberry_django.optimizer import DjangoOptimizerExtension
from strawberry_django.relay import DjangoListConnection

from apps.boards.models import Board
from apps.feed import store
from apps.media import selectors
from apps.media.imaging.sizes import Format, Size
from apps.media.models import Picture
from apps.pins.models import Pin
from apps.users.models import User
from benchmarks.contenders.tokens import log_in
from pinboard.counters.models import Counter

SAVES = (
    Counter.objects.filter(
        subject_id=Coalesce(OuterRef("root_id"), OuterRef("pk")), name="pins.saves"
    )
    .values("subject_id")
    .annotate(total=Sum("value"))
    .values("total")
)


@strawberry.enum
class PictureSize(Enum):
    W236 = "w236"


@strawberry.type
class ImageType:
    url: str
    width: int
    height: int


@strawberry_django.type(Picture)
class PictureType:
    dominant_color: strawberry.auto

    @strawberry_django.field(only=["key", "state", "width", "height"])
    def image(self, size: PictureSize) -> ImageType | None:
        return selectors.image(self, Size.W236, Format.WEBP)


@strawberry_django.type(Board)
class BoardType:
    name: strawberry.auto
    slug: strawberry.auto


@strawberry_django.type(User)
class AuthorType:
    username: strawberry.auto
    display_name: strawberry.auto


@strawberry_django.type(Pin)
class PinType(relay.Node):
    title: strawberry.auto
    author: AuthorType = strawberry_django.field(field_name="owner")
    board: BoardType
    picture: PictureType
    save_count: int = strawberry_django.field(annotate=Coalesce(Subquery(SAVES), 0))


@strawberry.type
class ViewerType:
    @strawberry_django.connection(DjangoListConnection[PinType])
    def following_feed(self, info: strawberry.Info) -> QuerySet[Pin]:
        return Pin.objects.filter(
            pk__in=store.read(info.context.request.user.pk),
            board__is_secret=False,
            board__deleted_at=None,
            hidden_at=None,
            picture__state="READY",
        ).order_by("-pk")


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self) -> ViewerType:
        return ViewerType()


schema = strawberry.Schema(Query, extensions=[DjangoOptimizerExtension])
_view = GraphQLView.as_view(schema=schema)


@csrf_exempt
def _endpoint(request: HttpRequest) -> HttpResponse:
    """Behind the same bearer token as Pinboard has."""
    if not log_in(request):
        return HttpResponse(status=401)
    answer: HttpResponse = _view(request)
    return answer


urlpatterns = [path("graphql", _endpoint)]
