"""Staff keep people out, and let them in again."""

from django.db import transaction
from django.utils import timezone

from apps.users.events import PersonRestored, PersonSuspended
from apps.users.models import User
from apps.users.services.accounts import locked_person
from apps.users.sessions import forget_sessions_of
from pinboard.audit.models import record
from pinboard.errors import Forbidden
from pinboard.events.outbox import publish


@transaction.atomic
def suspend_person(*, actor_id: int, user_id: int, reason: str) -> None:
    """Keep a person out: invisible at once, every session of theirs ended.

    `reason` is for the audit log and must not be empty. Twice is no error. Staff are for superusers to
    keep out, and to let in again.
    """
    if actor_id == user_id:
        raise Forbidden("You can't suspend yourself. Ask a colleague.")
    user = _decided_on(actor_id, user_id)
    if user.suspended_at is not None:
        return
    user.suspended_at = timezone.now()
    user.is_active = False
    user.end_sessions()
    forget_sessions_of(user)
    user.save(update_fields=["suspended_at", "is_active", "session_generation"])
    record(actor_id=actor_id, action="users.suspend", subject_id=user_id, reason=reason)
    publish(PersonSuspended(user_id))


@transaction.atomic
def restore_person(*, actor_id: int, user_id: int, reason: str) -> None:
    """Let a suspended person in again. Their old sessions stay ended. Twice is no error."""
    user = _decided_on(actor_id, user_id)
    if user.suspended_at is None:
        return
    user.suspended_at = None
    user.is_active = True
    user.save(update_fields=["suspended_at", "is_active"])
    record(actor_id=actor_id, action="users.restore", subject_id=user_id, reason=reason)
    publish(PersonRestored(user_id))


def _decided_on(actor_id: int, user_id: int) -> User:
    """The person, locked. Who could keep a superuser out would have more power than one."""
    user = locked_person(user_id)
    is_staff = user.is_staff or user.is_superuser
    if is_staff and not User.objects.filter(pk=actor_id, is_superuser=True).exists():
        raise Forbidden("They are staff, whom superusers alone keep out or let in. Ask one.")
    return user
