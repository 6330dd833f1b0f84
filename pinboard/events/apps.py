"""Registers the outbox with Django, and every app's handlers with the outbox."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "pinboard.events"
    label = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        autodiscover_modules("handlers")
