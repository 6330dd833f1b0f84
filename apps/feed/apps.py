"""Registers the app with Django."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from apps.feed.recommender import recommender


class FeedConfig(AppConfig):
    name = "apps.feed"
    label = "feed"

    def ready(self) -> None:
        """A recommender that is not there, or a weight of nothing, ends the process before anything is
        served."""
        recommender()
        import_string("apps.feed.selectors.ranked.model")()
