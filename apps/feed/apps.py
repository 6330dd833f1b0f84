"""Registers the app with Django."""

from django.apps import AppConfig
from django.conf import settings


class FeedConfig(AppConfig):
    name = "apps.feed"
    label = "feed"

    def ready(self) -> None:
        """A recommender that is not there ends the process before anything is served."""
        if settings.FEED_RECOMMENDER:
            from apps.feed.sources.recommended import recommender  # models are there by now

            recommender()
