"""Groups of staff: who may do what, as `settings.STAFF_GROUPS` says."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction


@transaction.atomic
def sync_groups(**signal: Any) -> None:
    """Give each group exactly its permissions, `app.codename` each. Runs after every migration."""
    permissions = Permission.objects.select_related("content_type")
    known = {f"{one.content_type.app_label}.{one.codename}": one for one in permissions}
    for name, wanted in settings.STAFF_GROUPS.items():
        if unknown := set(wanted) - set(known):
            raise ImproperlyConfigured(f"STAFF_GROUPS[{name!r}] names {sorted(unknown)}")
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([known[one] for one in wanted])
