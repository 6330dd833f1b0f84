"""What follows from the app's own events, in a worker."""

from apps.users import mails, services, sessions
from apps.users.events import (
    AccountDeletionRequested,
    DataExportReady,
    DataExportRequested,
    SessionsEnded,
)
from pinboard.events.registry import subscribe


@subscribe(DataExportRequested)
def build_data_export(event: DataExportRequested) -> None:
    services.build_data_export(export_id=event.export_id)


@subscribe(DataExportReady)
def tell_of_data_export(event: DataExportReady) -> None:
    mails.data_export_ready(event.export_id)


@subscribe(AccountDeletionRequested)
def tell_of_account_deletion(event: AccountDeletionRequested) -> None:
    mails.account_deletion_requested(event.user_id)


@subscribe(SessionsEnded)
def forget_sessions(event: SessionsEnded) -> None:
    sessions.forget(event.digests)
