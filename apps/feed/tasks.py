"""The feed's Celery tasks, run by beat."""

from celery import shared_task

from apps.feed import services, store

SAMPLE = 50


@shared_task
def audit() -> None:
    """Compare some timelines with the truth."""
    services.audit_timelines(store.sample(SAMPLE))


@shared_task
def take_in_activity() -> None:
    """Count what people have reported."""
    services.take_in_all()


@shared_task
def prune_seen() -> None:
    """Forget what was seen too long ago."""
    services.prune_seen()
