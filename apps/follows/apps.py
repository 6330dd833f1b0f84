"""Registers the app with Django."""

from django.apps import AppConfig


class FollowsConfig(AppConfig):
    name = "apps.follows"
    label = "follows"
