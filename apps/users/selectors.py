"""Reads: people as a viewer may see them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models.functions import Now

from apps.users.models import DataExport, User
from apps.users.visibility import PERSON
from pinboard.records import Loader
from pinboard.sql import Later


class UserRecord(NamedTuple):
    """A person's public profile."""

    id: int
    username: str
    display_name: str
    about: str
    website: str
    location: str


class Identity(NamedTuple):
    """A person of whom no more is asked than what their id leads to."""

    id: int


class AccountRecord(NamedTuple):
    """What a person alone knows of their account."""

    id: int
    email: str
    country: str
    language: str
    deletion_requested_at: datetime | None


class DataExportRecord(NamedTuple):
    """A data export of the viewer's."""

    id: int
    size: int
    ready_at: datetime | None
    expires_at: datetime


USERS = Loader(
    UserRecord,
    lambda viewer: User.objects.filter(User.guard.q(viewer)),
    brief=("id", "username", "display_name"),
)
_accounts = Loader(AccountRecord, lambda viewer: User.objects.filter(pk=viewer))
_exports = Loader(
    DataExportRecord,
    lambda viewer: DataExport.objects.filter(DataExport.guard.q(viewer), expires_at__gt=Now()),
)


def load_users(viewer_id: int | None, ids: Sequence[int | None]) -> Later[list[UserRecord | None]]:
    """One record for each id, in order; None where there is nobody to see. One statement."""
    return USERS.load(viewer_id, ids)


def load_accounts(viewer_id: int | None, ids: Sequence[int]) -> Later[list[AccountRecord | None]]:
    """The account where an id is the viewer's own, None for others. One statement at most."""
    return _accounts.load(viewer_id, [one if one == viewer_id else None for one in ids])


def load_data_exports(
    viewer_id: int | None, ids: Sequence[int | None]
) -> Later[list[DataExportRecord | None]]:
    """One record for each id; None for what expired or is not the viewer's. One statement."""
    return _exports.load(viewer_id, ids)


def latest_data_export(viewer_id: int) -> int | None:
    """The id of the viewer's newest export that has not expired. One statement."""
    mine = DataExport.objects.filter(DataExport.guard.q(viewer_id), expires_at__gt=Now())
    return mine.order_by("-id").values_list("id", flat=True).first()


def export_file(viewer_id: int, export_id: int) -> str | None:
    """The name in the private storage of an export of the viewer's that is ready. One statement."""
    mine = DataExport.objects.filter(
        DataExport.guard.q(viewer_id), pk=export_id, expires_at__gt=Now(), ready_at__isnull=False
    )
    return mine.values_list("file", flat=True).first()


def user_id_by_username(viewer_id: int | None, username: str) -> int | None:
    """The id of the visible person of that name, whatever its case. One statement."""
    found = User.objects.filter(User.guard.q(viewer_id), username__iexact=username)
    return found.values_list("id", flat=True).first()


def email_is_taken(email: str) -> bool:
    """Whether there is an account with this address, for commands: people are not told."""
    return User.objects.filter(email__iexact=email).exists()


def active_people(among: Sequence[int] | None = None) -> Iterator[int]:
    """The ids of people who are neither suspended nor leaving, all or of these. One statement, read as
    it is used."""
    people = User.objects.filter(PERSON.public())
    found = people if among is None else people.filter(pk__in=among)
    yield from found.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5_000)
