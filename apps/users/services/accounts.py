"""Accounts and their public profiles."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.users import usernames
from apps.users.events import ProfileEdited, UsernameChanged
from apps.users.models import User
from pinboard.errors import Invalid, NotFound, Reason, validate
from pinboard.events.outbox import publish

TAKEN = {
    "user_username_once": ("username", usernames.TAKEN),
    "user_email_once": ("email", "There is an account with this e-mail address."),
}


@transaction.atomic
def create_person(
    *, email: str, username: str, password: str | None = None, display_name: str = ""
) -> int:
    """Make an account whose e-mail address counts as verified, for commands and the demo; its id.

    People sign up through `/auth/`. Without `password` nobody can log in.
    """
    validate(
        User(email=email, username=username, display_name=display_name),
        ("email", "username", "display_name"),
    )
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, username, password, display_name=display_name)
    except IntegrityError as error:
        raise taken(error) from None
    return user.pk


@transaction.atomic
def create_staff(*, email: str, username: str, password: str) -> int:
    """Make an account that may do everything on the staff pages; its id."""
    validate(User(email=email, username=username), ("email", "username"))
    return User.objects.create_superuser(email, username, password).pk


@transaction.atomic
def update_profile(*, actor_id: int, **changes: Any) -> None:
    """Change the actor's profile. `changes`: fields of it; what is not given stays."""
    user = locked_person(actor_id)
    for field, value in changes.items():
        setattr(user, field, value.strip())
    validate(user, changes)
    user.save(update_fields=list(changes))
    if changes:
        publish(ProfileEdited(actor_id))


@transaction.atomic
def change_username(*, actor_id: int, username: str) -> None:
    """Give the actor another username; the old one is free for everybody at once."""
    user = locked_person(actor_id)
    if user.username == username:
        return
    user.username = username
    validate(user, ["username"])
    try:
        with transaction.atomic():
            user.save(update_fields=["username"])
    except IntegrityError as error:
        raise taken(error) from None
    publish(UsernameChanged(actor_id))


def locked_person(user_id: int) -> User:
    """The person, locked until the transaction ends; `NotFound` once erased."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, erased_at=None).first()
    if user is None:
        raise NotFound("There is no such person.")
    return user


def taken(error: IntegrityError) -> Invalid | IntegrityError:
    """What to tell of a name that somebody else has got; any other error as it is."""
    diagnosis = getattr(error.__cause__, "diag", None)
    found = TAKEN.get(getattr(diagnosis, "constraint_name", None) or "")
    return error if found is None else Invalid.at(*found, Reason.TAKEN)
