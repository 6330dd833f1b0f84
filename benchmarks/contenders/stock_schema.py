"""The same page by stock graphene-django: model types, an ORM query with `select_related`."""

import graphene
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from graphene import relay
from graphene_django import DjangoObjectType

from apps.boards.models import Board
from apps.feed import store
from apps.media.imaging.sizes import Format, Size
from apps.media.models import Picture
from apps.media.selectors import image
from apps.pins.models import Pin
from apps.users.models import User
from pinboard.counters.models import Counter


class ImageType(graphene.ObjectType):
    url = graphene.String()
    width = graphene.Int()
    height = graphene.Int()


class SizeType(graphene.Enum):
    W236 = "w236"


class PictureType(DjangoObjectType):
    class Meta:
        model = Picture
        fields = ("dominant_color",)

    image = graphene.Field(ImageType, size=SizeType())

    def resolve_image(self, info, size):
        return image(self, Size.W236, Format.WEBP)


class BoardType(DjangoObjectType):
    class Meta:
        model = Board
        fields = ("name", "slug")


class AuthorType(DjangoObjectType):
    class Meta:
        model = User
        fields = ("username", "display_name")


class PinType(DjangoObjectType):
    class Meta:
        model = Pin
        fields = ("id", "title", "board", "picture")

    id = graphene.ID()
    author = graphene.Field(AuthorType)
    save_count = graphene.Int()

    def resolve_author(self, info):
        return self.owner


class FeedConnection(relay.Connection):
    class Meta:
        node = PinType


class ViewerType(graphene.ObjectType):
    following_feed = relay.ConnectionField(FeedConnection)

    def resolve_following_feed(self, info, **arguments):
        saves = (
            Counter.objects.filter(
                subject_id=Coalesce(OuterRef("root_id"), OuterRef("pk")), name="pins.saves"
            )
            .values("subject_id")
            .annotate(total=Sum("value"))
            .values("total")
        )
        pins = Pin.objects.filter(
            pk__in=store.read(self.pk),
            board__is_secret=False,
            board__deleted_at=None,
            hidden_at=None,
            picture__state="READY",
        )
        pins = pins.select_related("owner", "board", "picture").order_by("-pk")
        return list(pins.annotate(save_count=Coalesce(Subquery(saves), 0))[: arguments["first"]])


class Query(graphene.ObjectType):
    viewer = graphene.Field(ViewerType)

    def resolve_viewer(self, info):
        return info.context.user


schema = graphene.Schema(query=Query)
