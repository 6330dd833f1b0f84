"""Boards for tests."""

import factory

from apps.boards.models import Board, BoardSlug, Section
from tests.factories.users import UserFactory


class BoardFactory(factory.django.DjangoModelFactory):
    """A public board."""

    class Meta:
        model = Board
        skip_postgeneration_save = True

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Board {n}")
    slug = factory.Sequence(lambda n: f"board-{n}")
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def _slug(board, create, extracted, **kwargs):
        if create:
            BoardSlug.objects.create(owner=board.owner, slug=board.slug, board=board)


class SectionFactory(factory.django.DjangoModelFactory):
    """A section of a public board."""

    class Meta:
        model = Section

    board = factory.SubFactory(BoardFactory)
    name = factory.Sequence(lambda n: f"Section {n}")
    position = factory.Sequence(lambda n: n)
