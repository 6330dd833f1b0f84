"""Registers the app with Django."""

from django.apps import AppConfig

from apps.feed.recommender import recommender


class FeedConfig(AppConfig):
    name = "apps.feed"
    label = "feed"

    def ready(self) -> None:
        """A recommender that is not there ends the process before anything is served."""
        recommender()
