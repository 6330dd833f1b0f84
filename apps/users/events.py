"""What happens to people."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonSuspended:
    """Staff keep a person out: nobody sees them any more."""

    user_id: int


@dataclass(frozen=True)
class PersonRestored:
    """A suspended person is back."""

    user_id: int


@dataclass(frozen=True)
class PersonErased:
    """An account was emptied for good: every app deletes what it holds of the person."""

    user_id: int


@dataclass(frozen=True)
class ProfileEdited:
    """A person's profile says something else. Read it: it may have changed since."""

    user_id: int


@dataclass(frozen=True)
class UsernameChanged:
    """A person has another username. Read it: it may have changed since."""

    user_id: int


@dataclass(frozen=True)
class AccountDeletionRequested:
    """A person asked for the account to be deleted; they have a while to think again."""

    user_id: int


@dataclass(frozen=True)
class AccountDeletionCancelled:
    """A person thought again: others see them as before."""

    user_id: int


@dataclass(frozen=True)
class DataExportRequested:
    """A person asked for all that they made."""

    export_id: int


@dataclass(frozen=True)
class DataExportReady:
    """A data export can be downloaded."""

    export_id: int


@dataclass(frozen=True)
class PersonBlocked:
    """A person has blocked another: neither sees the other any more."""

    blocker_id: int
    blocked_id: int


@dataclass(frozen=True)
class PersonUnblocked:
    """A person took a block back. The other may have blocked them as well."""

    blocker_id: int
    blocked_id: int


@dataclass(frozen=True)
class PersonMuted:
    """A person's feeds leave out another's pins."""

    muter_id: int
    muted_id: int


@dataclass(frozen=True)
class PersonUnmuted:
    """A person's feeds have another's pins again."""

    muter_id: int
    muted_id: int


@dataclass(frozen=True)
class SessionsEnded:
    """Sessions are nobody's any more. By the hashes of their keys."""

    digests: list[str]
