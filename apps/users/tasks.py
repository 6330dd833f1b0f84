"""What beat has done to accounts from time to time."""

from celery import shared_task
from django.core.management import call_command

from apps.users import services, sessions


@shared_task
def erase_accounts() -> None:
    """Erase accounts whose grace is over, and delete the rows that nothing refers to."""
    services.erase_due_accounts()
    services.delete_erased_accounts()


@shared_task
def prune_exports() -> None:
    """Delete data exports that have expired."""
    services.prune_data_exports()


@shared_task
def prune_sessions() -> None:
    """Delete sessions that have expired, and where sessions were that there are no more."""
    call_command("clearsessions")
    sessions.prune_traces()
