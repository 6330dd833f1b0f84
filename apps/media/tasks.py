"""The pictures' Celery tasks, run by beat."""

from celery import shared_task

from apps.media import services


@shared_task
def tidy() -> None:
    """Break what is stuck, delete what nobody uses and what was left behind."""
    services.give_up_stuck_pictures()
    services.delete_unused_pictures()
    services.delete_stray_originals()
