"""Accounts go: on request, after a while to think again, for good.

request  ->  DELETION_GRACE  ->  erased (`PersonErased`)  ->  every app lets go  ->  row deleted
"""

import structlog
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import get_random_string

from apps.users.events import AccountDeletionCancelled, AccountDeletionRequested, PersonErased
from apps.users.models import DataExport, User
from apps.users.services.accounts import locked_person
from apps.users.services.relations import forget_relations
from apps.users.sessions import forget_sessions_of
from pinboard.counters.counts import forget
from pinboard.events.outbox import publish

log = structlog.get_logger(__name__)

_PERSONAL = ("display_name", "about", "website", "location", "country", "language")
_BATCH = 500


@transaction.atomic
def request_account_deletion(*, actor_id: int) -> None:
    """Ask for the actor's account to be deleted: unseen by others at once, every session ended.

    Until `DELETION_GRACE` is over the person may log in and cancel. Twice is no error, and does not
    prolong it.
    """
    user = locked_person(actor_id)
    if user.deletion_requested_at is not None:
        return
    user.deletion_requested_at = timezone.now()
    user.end_sessions()
    forget_sessions_of(user)
    user.save(update_fields=["deletion_requested_at", "session_generation"])
    publish(AccountDeletionRequested(actor_id))


@transaction.atomic
def cancel_account_deletion(*, actor_id: int) -> None:
    """Keep the actor's account after all. Without a request it is no error."""
    user = locked_person(actor_id)
    if user.deletion_requested_at is None:
        return
    user.deletion_requested_at = None
    user.save(update_fields=["deletion_requested_at"])
    publish(AccountDeletionCancelled(actor_id))


def erase_due_accounts() -> int:
    """Erase the accounts whose grace is over; how many. One transaction each.

    One that fails keeps no other from it, and is tried again the next time.
    """
    due = User.objects.filter(
        erased_at=None, deletion_requested_at__lte=Now() - settings.DELETION_GRACE
    )
    erased = last = 0
    while ids := list(due.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        erased += sum(map(_try_to_erase, ids))
        last = ids[-1]
    return erased


def _try_to_erase(user_id: int) -> bool:
    try:
        return erase_person(user_id=user_id)
    except Exception:
        log.error("users.erasure_failed", user_id=user_id, exc_info=True)
        return False


@transaction.atomic
def erase_person(*, user_id: int) -> bool:
    """Empty an account whose grace is over; whether there was anything to do.

    Nothing personal is left in the row. Its name and address are random, so that nobody can take
    them first.
    """
    due = User.objects.filter(
        pk=user_id, erased_at=None, deletion_requested_at__lte=Now() - settings.DELETION_GRACE
    )
    user = due.select_for_update(no_key=True).first()
    if user is None:
        return False
    tombstone = f"erased_{get_random_string(20).lower()}"
    user.username, user.email = tombstone, f"{tombstone}@erased.invalid"
    for field in _PERSONAL:
        setattr(user, field, "")
    user.set_unusable_password()
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.erased_at = timezone.now()
    user.end_sessions()
    forget_sessions_of(user)
    user.save()
    _forget(user)
    publish(PersonErased(user_id))
    return True


def _forget(user: User) -> None:
    """Delete what hangs on the account itself."""
    user.groups.clear()
    user.user_permissions.clear()
    user.emailaddress_set.all().delete()
    user.authenticator_set.all().delete()
    for session in user.usersession_set.all():
        session.end()
    forget_relations(user.pk)
    # Their files can't be part of a transaction: the next sweep deletes them, and then the rows.
    DataExport.objects.filter(user=user).update(expires_at=Now())


def delete_erased_accounts() -> int:
    """Delete the rows of erased accounts that nothing refers to any more; how many."""
    erased = User.objects.filter(erased_at__isnull=False)
    ids = list(erased.order_by("?").values_list("id", flat=True)[:_BATCH])
    return sum(_delete_row(user_id) for user_id in ids)


def _delete_row(user_id: int) -> bool:
    try:
        with transaction.atomic():
            # Postgres knows what refers to the row. Django would read all of it first.
            User.objects.filter(pk=user_id)._raw_delete(using="default")
            connection.check_constraints()
            forget([user_id])
    except IntegrityError:
        return False
    return True
