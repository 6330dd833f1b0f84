"""The outbox's Celery tasks."""

from celery import shared_task

from pinboard.events import delivery, outbox


@shared_task
def relay() -> None:
    """Send what is due; kicked after commits, and run by beat as the sweep."""
    outbox.relay()


@shared_task
def deliver(*delivery_ids: int, is_first: bool = False) -> None:
    """Hand one event, or several that it takes together, to one subscriber."""
    delivery.deliver(*delivery_ids, is_first=is_first)


@shared_task
def prune() -> None:
    """Delete events that are old and handled."""
    outbox.prune()
