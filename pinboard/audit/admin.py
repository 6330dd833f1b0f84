"""Staff pages: the audit log."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from pinboard.audit.models import AuditEntry
from pinboard.ids.fields import IdField
from pinboard.ids.layout import kind_of, parse
from pinboard.staff.admin import StaffAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(StaffAdmin):
    """What staff did, newest first. Nobody changes it."""

    found_by = {"*": "subject_id"}
    list_display = ("created_at", "actor", "action", "subject", "reason")
    list_filter = ("created_at",)
    search_help_text = "Id of the object, @username of staff, or action"
    fields = ("created_at", "actor", "action", "subject", "reason")

    def find(self, term: str) -> Q:
        if term.startswith("@"):
            named = get_user_model().objects.filter(username__iexact=term[1:])
            return Q(actor_id__in=named.values("pk"))
        subject = parse(term)
        return Q(action=term) if subject is None else Q(subject_id=subject)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        actors = get_user_model().objects.filter(pk=OuterRef("actor_id"))
        name = Subquery(actors.values("username")[:1])
        entries = super().get_queryset(request)
        named: QuerySet[Any] = entries.annotate(actor_name=name)
        return named

    @display(description="who")
    def actor(self, entry: Any) -> str:
        return entry.actor_name or str(entry.actor_id)

    @display(description="to what")
    def subject(self, entry: AuditEntry) -> SafeString:
        """A link to the object, whose id says what it is."""
        model = _models_by_kind().get(kind_of(entry.subject_id))
        if model is None:
            return format_html("{}", entry.subject_id)
        try:
            address = reverse(
                f"admin:{model.app_label}_{model.model_name}_change", args=[entry.subject_id]
            )
        except NoReverseMatch:
            return format_html("{} {}", model.verbose_name, entry.subject_id)
        return format_html('<a href="{}">{} {}</a>', address, model.verbose_name, entry.subject_id)


def _models_by_kind() -> dict[int, Any]:
    return {
        model._meta.pk.kind: model._meta
        for model in apps.get_models()
        if isinstance(model._meta.pk, IdField)
    }
