"""What a data export holds: every app adds the part that it knows of.

    # apps/pins/exporting.py
    @register_export("pins")
    def pins(user_id: int) -> Iterator[Mapping[str, Any]]:
        for pin in Pin.objects.filter(owner_id=user_id).order_by("id").iterator(500):
            yield {"id": str(pin.pk), "title": pin.title, "created_at": created_at(pin.pk)}

The rows become `pins.json` in the zip. They are written as they come, so give them one by one.
Values are what JSON holds, and dates; ids are texts. A module of this name is found in every app.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings

from apps.users.models import Block, Mute, User
from pinboard.ids.layout import created_at

Rows = Callable[[int], Iterable[Mapping[str, Any]]]

_parts: dict[str, Rows] = {}


def register_export(name: str) -> Callable[[Rows], Rows]:
    """Have the decorated function, from a person's id to rows, fill `name`.json of every export."""

    def register(rows: Rows) -> Rows:
        if name in _parts:
            raise ValueError(f"two exports are called {name}")
        _parts[name] = rows
        return rows

    return register


def parts() -> dict[str, Rows]:
    """Everything registered, by name."""
    return dict(_parts)


@register_export("profile")
def profile(user_id: int) -> Iterator[Mapping[str, Any]]:
    """The account itself."""
    user = User.objects.get(pk=user_id)
    yield {
        "id": str(user.pk),
        "username": user.username,
        "display_name": user.display_name,
        "about": user.about,
        "website": user.website,
        "location": user.location,
        "country": user.country,
        "language": user.language,
        "email": user.email,
        "profile": f"{settings.FRONTEND_URL}/{user.username}",
        "joined_at": created_at(user.pk),
        "last_login": user.last_login,
        "deletion_requested_at": user.deletion_requested_at,
    }


@register_export("sessions")
def sessions(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Where the person is logged in."""
    for session in User(pk=user_id).usersession_set.order_by("pk").iterator():
        yield {
            "ip": session.ip,
            "user_agent": session.user_agent,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
        }


@register_export("blocked_people")
def blocked_people(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Whom the person has blocked; not who has blocked them, which is those people's secret."""
    for block in Block.objects.filter(blocker_id=user_id).order_by("id").iterator(500):
        yield {"person_id": str(block.blocked_id), "since": block.created_at}


@register_export("muted_people")
def muted_people(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Whom the person has muted."""
    for mute in Mute.objects.filter(muter_id=user_id).order_by("id").iterator(500):
        yield {"person_id": str(mute.muted_id), "since": mute.created_at}
