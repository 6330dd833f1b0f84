"""Registers the app with Django."""

from django.apps import AppConfig


class PinsConfig(AppConfig):
    name = "apps.pins"
    label = "pins"
