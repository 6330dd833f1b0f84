"""Members of staff, by group."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tests.factories.users import UserFactory


@pytest.fixture
def staff(db):
    """`staff("moderator")`: a client of somebody in that group; `staff()`: of a superuser."""

    def log_in(*groups):
        user = UserFactory(is_staff=True, is_superuser=not groups)
        user.groups.set(Group.objects.filter(name__in=groups))
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return log_in
