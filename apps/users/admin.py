"""Staff pages: people."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from unfold.decorators import display
from unfold.enums import ActionVariant

from apps.users import services
from apps.users.models import Block, DataExport, Mute, User
from pinboard.ids.layout import parse
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin

_PROFILE = ("username", "display_name", "about", "website", "location")
_APPOINTMENT = ("is_staff", "groups")
_LABELS = {"active": "success", "suspended": "danger", "leaving": "warning", "erased": "info"}


@admin.register(User)
class UserAdmin(StaffAdmin):
    """People: profiles are corrected here, superusers appoint staff here."""

    acts = (
        Act(
            name="suspend",
            title="Suspend",
            explanation="Nobody sees them or what they made, and every session of theirs ends.",
            permission="users.suspend_user",
            perform=services.suspend_person,
            subject="user_id",
            icon="block",
            variant=ActionVariant.DANGER,
            applies=lambda user: user.suspended_at is None and user.erased_at is None,
        ),
        Act(
            name="restore",
            title="Restore",
            explanation="They may log in again, and what they made is seen as before.",
            permission="users.suspend_user",
            perform=services.restore_person,
            subject="user_id",
            icon="undo",
            variant=ActionVariant.SUCCESS,
            applies=lambda user: user.suspended_at is not None,
        ),
    )
    correctable = _PROFILE
    list_display = ("username", "display_name", "state", "email", "country", "is_staff", "joined")
    list_filter = (
        "is_staff",
        "is_active",
        ("suspended_at", admin.EmptyFieldListFilter),
        ("deletion_requested_at", admin.EmptyFieldListFilter),
        "groups",
    )
    search_help_text = "Id, e-mail or beginning of the username"
    fields = (
        "id",
        "state",
        "email",
        *_PROFILE,
        "country",
        "language",
        "date_joined",
        "last_login",
        "suspended_at",
        "deletion_requested_at",
        "erased_at",
        *_APPOINTMENT,
    )

    def find(self, term: str) -> Q:
        if "@" in term[1:]:
            return Q(email=term.lower())
        found = Q(username__istartswith=term.removeprefix("@"))
        number = parse(term)
        return found if number is None else found | Q(pk=number)

    def get_correctable(self, request: HttpRequest) -> tuple[str, ...]:
        return (*_PROFILE, *_APPOINTMENT) if request.user.is_superuser else _PROFILE

    def correct(self, *, actor_id: int, subject_id: int, reason: str, **changes: Any) -> None:
        office = {name: changes.pop(name) for name in _APPOINTMENT if name in changes}
        if office:
            services.appoint(actor_id=actor_id, user_id=subject_id, reason=reason, **office)
        if changes:
            services.correct_person(actor_id=actor_id, user_id=subject_id, reason=reason, **changes)

    @display(description="state", label=_LABELS)
    def state(self, user: User) -> str:
        if user.erased_at is not None:
            return "erased"
        if user.suspended_at is not None:
            return "suspended"
        return "active" if user.deletion_requested_at is None else "leaving"

    @display(description="joined", ordering="date_joined")
    def joined(self, user: User) -> str:
        return f"{user.date_joined:%Y-%m-%d}"


@admin.register(DataExport)
class DataExportAdmin(StaffAdmin):
    """Data exports: whether they are built. Nobody downloads them but their owner."""

    people = ("user",)
    found_by = {"users.User": "user"}
    list_display = ("id", "user", "ready_at", "expires_at", "size")
    list_select_related = ("user",)
    search_help_text = "Id or @username"
    fields = ("id", "user", "size", "ready_at", "expires_at")


@admin.register(Block)
class BlockAdmin(StaffAdmin):
    """Who has blocked whom. It is for the blocker to take back."""

    people = ("blocker", "blocked")
    found_by = {"users.User": "blocker"}
    list_display = ("blocker", "blocked", "created_at")
    list_select_related = ("blocker", "blocked")
    search_help_text = "@username of either"
    fields = ("blocker", "blocked", "created_at")


@admin.register(Mute)
class MuteAdmin(StaffAdmin):
    """Who has muted whom. It is for the muter to take back."""

    people = ("muter", "muted")
    found_by = {"users.User": "muter"}
    list_display = ("muter", "muted", "created_at")
    list_select_related = ("muter", "muted")
    search_help_text = "@username of either"
    fields = ("muter", "muted", "created_at")
