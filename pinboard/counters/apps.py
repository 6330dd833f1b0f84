"""Registers the counters' table with Django."""

from django.apps import AppConfig


class CountersConfig(AppConfig):
    name = "pinboard.counters"
    label = "counters"
