"""The outbox's Celery tasks."""

from celery import shared_task

from pinboard.events import outbox


@shared_task
def relay() -> None:
    """Send what is due; kicked after commits, and run by beat as the sweep."""
    outbox.relay()


@shared_task
def deliver(delivery_id: int) -> None:
    """Hand one event to one subscriber."""
    outbox.deliver(delivery_id)


@shared_task
def prune() -> None:
    """Delete events that are old and handled."""
    outbox.prune()
