"""Pictures for tests."""

import hashlib

import factory

from apps.media.models import Picture, PictureState, PictureUpload
from tests.factories.users import UserFactory


class PictureFactory(factory.django.DjangoModelFactory):
    """A picture whose sizes are there."""

    class Meta:
        model = Picture

    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    state = PictureState.READY
    width, height = 800, 1200
    dominant_color = "#a1b2c3"


class PictureUploadFactory(factory.django.DjangoModelFactory):
    """A person's right to use a picture."""

    class Meta:
        model = PictureUpload

    picture = factory.SubFactory(PictureFactory)
    owner = factory.SubFactory(UserFactory)
