"""The groups of staff follow the settings."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured

from pinboard.staff.groups import sync_groups


def permissions(name):
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_a_migration_brings_groups_into_line(db, settings):
    group = Group.objects.get(name="engineer")
    group.permissions.set(Permission.objects.filter(codename="hide_pin"))
    settings.STAFF_GROUPS = {"engineer": ["pins.view_pin"], "archivist": ["boards.view_board"]}
    sync_groups()
    assert permissions("engineer") == {"view_pin"}
    assert permissions("archivist") == {"view_board"}


def test_a_permission_that_does_not_exist_is_told(db, settings):
    settings.STAFF_GROUPS = {"engineer": ["pins.view_pni"]}
    with pytest.raises(ImproperlyConfigured, match=r"engineer.*pins\.view_pni"):
        sync_groups()
