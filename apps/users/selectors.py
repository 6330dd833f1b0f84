"""Reads: people as a viewer may see them."""

from collections.abc import Sequence
from typing import NamedTuple

from apps.users.models import User
from pinboard.records import Loader


class UserRecord(NamedTuple):
    """A person's public profile."""

    id: int
    username: str
    display_name: str
    about: str
    website: str
    location: str


_loader = Loader(UserRecord, lambda viewer: User.objects.filter(User.guard.q(viewer)))


def load_users(viewer_id: int | None, ids: Sequence[int | None]) -> list[UserRecord | None]:
    """One record for each id, in order; None where there is nobody to see. One statement."""
    return _loader.load(viewer_id, ids)


def user_id_by_username(viewer_id: int | None, username: str) -> int | None:
    """The id of the visible person of that name, whatever its case. One statement."""
    found = User.objects.filter(User.guard.q(viewer_id), username__iexact=username)
    return found.values_list("id", flat=True).first()
