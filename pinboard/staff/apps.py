"""Registers the staff pages' base with Django, and keeps the groups of staff in line."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class StaffConfig(AppConfig):
    name = "pinboard.staff"
    label = "staff"

    def ready(self) -> None:
        # Permissions come into being after migrations, so a migration could not hand them out.
        post_migrate.connect(import_string("pinboard.staff.groups.sync_groups"), sender=self)
        import_string("pinboard.staff.admin.close_other_pages")()
