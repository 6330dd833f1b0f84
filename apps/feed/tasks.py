"""The feed's Celery tasks, run by beat."""

from celery import shared_task

from apps.feed import services, store, timelines
from apps.feed.sources import popular

SAMPLE = 50
# Topics are few among all timelines, and many read each.
TOPICS = 10


@shared_task
def audit() -> None:
    """Compare some timelines with the truth."""
    services.audit_timelines([*store.sample(SAMPLE), *timelines.some_topics(TOPICS)])


@shared_task
def take_in_activity() -> None:
    """Count what people have reported."""
    services.take_in_all()


@shared_task
def prune_seen() -> None:
    """Forget what was seen too long ago."""
    services.prune_seen()


@shared_task
def prune_closeness() -> None:
    """Forget what people had to do with authors too long ago."""
    services.prune_closeness()


@shared_task
def refresh_popular() -> None:
    """Weigh anew what is popular."""
    popular.refresh()
