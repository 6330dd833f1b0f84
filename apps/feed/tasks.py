"""The feed's Celery tasks, run by beat."""

from celery import shared_task

from apps.feed import services, store

SAMPLE = 50


@shared_task
def audit() -> None:
    """Compare some timelines with the truth."""
    services.audit_timelines(store.sample(SAMPLE))
