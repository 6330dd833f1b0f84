"""E-mails of our own; those of signing up and logging in are allauth's, through its adapter."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from apps.users.models import DataExport, User


def data_export_ready(export_id: int) -> None:
    """Tell a person that the data export can be downloaded, if it still can."""
    export = DataExport.objects.filter(pk=export_id).select_related("user").first()
    if export is not None and export.user.erased_at is None:
        _send("data_export_ready", export.user, expires_at=export.expires_at)


def account_deletion_requested(user_id: int) -> None:
    """Tell a person when the account will go, and how to keep it, unless they keep it by now."""
    user = User.objects.filter(pk=user_id, erased_at=None).first()
    if user is not None and user.deletion_requested_at is not None:
        deletes_at = user.deletion_requested_at + settings.DELETION_GRACE
        _send("account_deletion_requested", user, deletes_at=deletes_at)


def _send(template: str, user: User, **context: Any) -> None:
    context |= {"user": user, "frontend_url": settings.FRONTEND_URL}
    subject = render_to_string(f"users/email/{template}_subject.txt", context).strip()
    text = render_to_string(f"users/email/{template}_message.txt", context).strip()
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
