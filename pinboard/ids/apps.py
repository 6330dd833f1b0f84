"""Registers the id functions with Django."""

from django.apps import AppConfig


class IdsConfig(AppConfig):
    name = "pinboard.ids"
    label = "ids"
