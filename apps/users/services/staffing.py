"""What staff change of people, and who is staff; each with a line in the audit log."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from apps.users.events import ProfileEdited, UsernameChanged
from apps.users.services.accounts import locked_person, taken
from apps.users.sessions import forget_sessions_of
from pinboard.audit.models import record
from pinboard.errors import Forbidden, validate
from pinboard.events.outbox import publish


@transaction.atomic
def correct_person(*, actor_id: int, user_id: int, reason: str, **changes: Any) -> None:
    """Change a person's profile or username. `changes`: fields of it."""
    user = locked_person(user_id)
    for field, value in changes.items():
        setattr(user, field, value.strip())
    validate(user, changes)
    record(actor_id=actor_id, action="users.correct", subject_id=user_id, reason=reason)
    try:
        with transaction.atomic():
            user.save(update_fields=list(changes))
    except IntegrityError as error:
        raise taken(error) from None
    if "username" in changes:
        publish(UsernameChanged(user_id))
    if set(changes) - {"username"}:
        publish(ProfileEdited(user_id))


@transaction.atomic
def appoint(
    *,
    actor_id: int,
    user_id: int,
    reason: str,
    is_staff: bool | None = None,
    groups: Collection[Any] | None = None,
) -> None:
    """Say whether a person is staff, and of which groups. None leaves that as it is.

    Who is appointed has to log in anew. Nobody appoints themselves.
    """
    if actor_id == user_id:
        raise Forbidden("You can't change what you may do yourself. Ask a colleague.")
    user = locked_person(user_id)
    record(actor_id=actor_id, action="users.appoint", subject_id=user_id, reason=reason)
    if is_staff is not None:
        user.is_staff = is_staff
    if groups is not None:
        user.groups.set(groups)
    user.end_sessions()
    forget_sessions_of(user)
    user.save(update_fields=["is_staff", "session_generation"])
