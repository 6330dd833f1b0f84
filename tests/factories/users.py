"""People for tests."""

import factory

from apps.users.models import User


class UserFactory(factory.django.DjangoModelFactory):
    """A person who can log in with the password `correct horse`."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person_{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.com")
    display_name = factory.Faker("name")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        password = kwargs.pop("password", None)
        return model_class.objects.create_user(*args, password=password, **kwargs)
