"""Pictures for tests."""

import hashlib

import factory
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.media.models import Picture, PictureState, PictureUpload
from tests.factories.users import UserFactory


class PictureFactory(factory.django.DjangoModelFactory):
    """A picture that is ready, without files. `owner=` makes a person its uploader."""

    class Meta:
        model = Picture
        skip_postgeneration_save = True

    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    state = PictureState.READY
    mime = "image/jpeg"
    byte_size = 100_000
    width = 1000
    height = 800
    dominant_color = "#a1b2c3"
    thumbhash = "FQgSBIA0aXh/doeIeHgAAAAAAA=="

    @factory.post_generation
    def owner(picture, create, extracted, **kwargs):
        if create and extracted is not None:
            PictureUpload.objects.create(picture=picture, owner=extracted)


class UploadFactory(factory.django.DjangoModelFactory):
    """That a person uploaded a picture."""

    class Meta:
        model = PictureUpload

    picture = factory.SubFactory(PictureFactory)
    owner = factory.SubFactory(UserFactory)


def uploaded(content, name="picture.jpg"):
    """A file as it arrives with a request."""
    return SimpleUploadedFile(name, content)
