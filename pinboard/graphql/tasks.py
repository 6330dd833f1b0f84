"""The GraphQL layer's Celery tasks."""

from celery import shared_task

from pinboard.graphql import receipts


@shared_task
def prune_receipts() -> None:
    """Forget the answers that are older than a day."""
    receipts.prune()
