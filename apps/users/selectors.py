"""Reads: people as a viewer may see them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from apps.users.models import Block, DataExport, Mute, User
from apps.users.visibility import PERSON
from pinboard.ids.layout import parse
from pinboard.paging import Listing, Order
from pinboard.records import Loader
from pinboard.sql import VIEWER, Later, as_viewer, compile_queryset, rows

BLOCKED_NEWEST = Order("blocks.newest", ("-id",))
MUTED_NEWEST = Order("mutes.newest", ("-id",))


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
# The one exception to `User.guard`: who has blocked somebody sees whom, to take it back.
_blocked = Loader(
    UserRecord,
    lambda viewer: User.objects.filter(
        PERSON.public(),
        Exists(Block.objects.filter(blocker_id=viewer, blocked_id=OuterRef("pk"))),
    ),
)
_accounts = Loader(AccountRecord, lambda viewer: User.objects.filter(pk=viewer))
_exports = Loader(
    DataExportRecord,
    lambda viewer: DataExport.objects.filter(DataExport.guard.q(viewer), expires_at__gt=Now()),
)


def load_users(viewer_id: int | None, ids: Sequence[int | None]) -> Later[list[UserRecord | None]]:
    """One record for each id, in order; None where there is nobody to see. One statement."""
    return USERS.load(viewer_id, ids)


def load_blocked(
    viewer_id: int | None, ids: Sequence[int | None]
) -> Later[list[UserRecord | None]]:
    """One record for each id, in order; None for whom the viewer has not blocked. One statement."""
    return _blocked.load(viewer_id, ids)


def blocked_by(viewer_id: int) -> Listing:
    """The people whom people have blocked."""
    return Listing(
        lambda person: Block.objects.filter(
            PERSON.through("blocked", owner="blocked_id").public(), blocker_id=person
        ),
        BLOCKED_NEWEST,
        node="blocked_id",
        name="users.blocked",
    )


def muted_by(viewer_id: int) -> Listing:
    """The people whom people have muted, of those that the viewer sees."""
    return Listing(
        lambda person: Mute.objects.filter(
            PERSON.through("muted", owner="muted_id").q(VIEWER.expression()), muter_id=person
        ),
        MUTED_NEWEST,
        node="muted_id",
        values=as_viewer(viewer_id),
        name="users.muted",
    )


def blocked_among(blocker_id: int | None, people: Sequence[int]) -> set[int]:
    """Whom of these people the blocker has blocked. One statement."""
    if blocker_id is None:
        return set()
    found = Block.objects.filter(blocker_id=blocker_id, blocked_id__any=list(people))
    return set(found.values_list("blocked_id", flat=True))


def muted_among(muter_id: int | None, people: Sequence[int]) -> set[int]:
    """Whom of these people the muter has muted. One statement."""
    if muter_id is None:
        return set()
    found = Mute.objects.filter(muter_id=muter_id, muted_id__any=list(people))
    return set(found.values_list("muted_id", flat=True))


_BLOCKED_PAIRS = """
SELECT pair.one, pair.other FROM unnest(%s::bigint[], %s::bigint[]) AS pair(one, other)
WHERE EXISTS (SELECT 1 FROM users_block WHERE blocker_id = pair.one AND blocked_id = pair.other)
   OR EXISTS (SELECT 1 FROM users_block WHERE blocker_id = pair.other AND blocked_id = pair.one)
"""


def blocked_pairs(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of these pairs of people of whom one has blocked the other. One statement."""
    return set(rows(_BLOCKED_PAIRS, [[one for one, _ in pairs], [other for _, other in pairs]]))


def hold_people(ids: Collection[int]) -> set[int]:
    """Those of these people whose accounts are not erased, and will not be until the transaction
    ends. One statement."""
    people = User.objects.filter(pk__any=list(ids), erased_at=None).order_by("pk")
    sql, params = compile_queryset(people.values_list("pk"))
    return {person for (person,) in rows(f"{sql} FOR SHARE", params)}


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


def find_anybody(id_or_username: str) -> int | None:
    """The id of the account with this id or `@username`, whatever its case, for staff: they find the suspended
    and the leaving too. None where there is none, or it is erased. One statement."""
    name = id_or_username.removeprefix("@")
    person_id = parse(id_or_username)
    named = Q(username__iexact=name) if person_id is None else Q(pk=person_id)
    return User.objects.filter(named, erased_at=None).values_list("id", flat=True).first()


def locale_of(person_id: int) -> tuple[str, str]:
    """The country and the language that a person gave, each empty if they did not. One statement."""
    found = User.objects.filter(pk=person_id).values_list("country", "language").first()
    return found or ("", "")


def email_is_taken(email: str) -> bool:
    """Whether there is an account with this address, for commands: people are not told."""
    return User.objects.filter(email__iexact=email).exists()


def active_people(among: Sequence[int] | None = None) -> Iterator[int]:
    """The ids of people who are neither suspended nor leaving, all or of these. One statement, read as
    it is used."""
    people = User.objects.filter(PERSON.public())
    found = people if among is None else people.filter(pk__in=among)
    yield from found.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5_000)
