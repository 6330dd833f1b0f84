"""Staff pages: events, what is still to be delivered, and dead letters."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from pinboard.events.figures import figures
from pinboard.events.models import Delivery, Event
from pinboard.events.outbox import replay_for_staff
from pinboard.ids.layout import parse
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin


@admin.register(Event)
class EventAdmin(StaffAdmin):
    """What happened in the last days."""

    list_display = ("id", "name", "created_at", "request_id")
    list_filter = ("created_at",)
    search_help_text = "Id, name or request id"
    fields = ("id", "name", "what", "request_id", "created_at")

    def find(self, term: str) -> Q:
        number = parse(term)
        return Q(name=term) | Q(request_id=term) if number is None else Q(pk=number)

    @display(description="what")
    def what(self, event: Event) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(event.payload, indent=2))


class _State(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("dead", "dead letters"), ("waiting", "waiting")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        dead = Q(dead_at__isnull=False)
        return queryset.filter(dead if self.value() == "dead" else ~dead)


@admin.register(Delivery)
class DeliveryAdmin(StaffAdmin):
    """What subscribers have still to handle. A dead letter is replayed once its cause is mended."""

    acts = (
        Act(
            name="replay",
            title="Replay",
            explanation="The handler is tried again, as if for the first time.",
            permission="events.replay_delivery",
            perform=replay_for_staff,
            subject="delivery_id",
            icon="replay",
            variant=ActionVariant.PRIMARY,
            applies=lambda delivery: delivery.dead_at is not None,
        ),
    )
    found_by = {"events.Event": "event"}
    list_display = ("event", "subscriber", "state", "attempts", "last_error", "due_at")
    list_select_related = ("event",)
    list_filter = (_State,)
    list_before_template = "staff/outbox.html"
    search_help_text = "Id of the event, or subscriber"
    fields = (
        "event",
        "subscriber",
        "queue",
        "state",
        "attempts",
        "sends",
        "due_at",
        "dead_at",
        "last_error",
    )

    def find(self, term: str) -> Q:
        number = parse(term)
        return Q(subscriber=term) if number is None else Q(event_id=number)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "outbox": figures()}
        page: HttpResponse = super().changelist_view(request, context)
        return page

    @display(description="state", label={"dead": "danger", "waiting": "info"})
    def state(self, delivery: Delivery) -> str:
        return "waiting" if delivery.dead_at is None else "dead"
