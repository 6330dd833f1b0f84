"""Staff pages: pins."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from apps.media.admin import picture_tag
from apps.media.imaging.sizes import Size
from apps.pins import services
from apps.pins.models import Pin
from apps.pins.selectors import topics_of_pins
from pinboard.ids.layout import created_at
from pinboard.staff.acts import Act
from pinboard.staff.admin import StaffAdmin

_LABELS = {"seen by all": "success", "not public": "warning", "hidden": "danger"}
_TEXTS = ("title", "description", "alt_text", "link")


@admin.register(Pin)
class PinAdmin(StaffAdmin):
    """Pins with their pictures. The owner's private note is nobody else's business, staff's neither."""

    acts = (
        Act(
            name="hide",
            title="Hide",
            explanation="Nobody but its owner sees the pin. Saves of it stay.",
            permission="pins.hide_pin",
            perform=services.hide_pin,
            subject="pin_id",
            icon="visibility_off",
            variant=ActionVariant.DANGER,
            applies=lambda pin: pin.hidden_at is None,
        ),
        Act(
            name="restore",
            title="Restore",
            explanation="The pin is seen as before.",
            permission="pins.hide_pin",
            perform=services.restore_pin,
            subject="pin_id",
            icon="visibility",
            variant=ActionVariant.SUCCESS,
            applies=lambda pin: pin.hidden_at is not None,
        ),
        Act(
            name="remove",
            title="Delete",
            explanation="The pin goes for good. Saves of it by others stay.",
            permission="pins.delete_pin",
            perform=services.remove_pin,
            subject="pin_id",
            icon="delete",
            variant=ActionVariant.DANGER,
        ),
    )
    correctable = _TEXTS
    people = ("owner",)
    words = ("title", "description")
    found_by = {
        "users.User": "owner",
        "boards.Board": "board",
        "boards.Section": "section",
        "media.Picture": "picture",
        "pins.Pin": "root_id",
    }
    list_display = ("thumbnail", "name", "owner", "board", "state", "is_save", "created")
    list_display_links = ("thumbnail", "name")
    list_select_related = ("owner", "board", "section", "picture")
    list_filter = (
        ("hidden_at", admin.EmptyFieldListFilter),
        "is_listed",
        ("root_id", admin.EmptyFieldListFilter),
        "picture__state",
    )
    search_help_text = "Id, @username or words of the texts"
    fields = (
        "preview",
        "id",
        "owner",
        "board",
        "section",
        "picture",
        "state",
        "hidden_at",
        "saved_from_id",
        "root_id",
        *_TEXTS,
        "topics",
        "created",
    )

    def correct(self, *, actor_id: int, subject_id: int, reason: str, **changes: Any) -> None:
        services.correct_pin(actor_id=actor_id, pin_id=subject_id, reason=reason, **changes)

    @display(description="picture")
    def thumbnail(self, pin: Pin) -> SafeString:
        return picture_tag(pin.picture, Size.CROP_150X150, "64")

    @display(description="preview")
    def preview(self, pin: Pin) -> SafeString:
        return picture_tag(pin.picture, Size.W474, "auto")

    @display(description="title", ordering="title")
    def name(self, pin: Pin) -> str:
        return str(pin)

    @display(description="state", label=_LABELS)
    def state(self, pin: Pin) -> str:
        if pin.hidden_at is not None:
            return "hidden"
        return "seen by all" if pin.is_listed else "not public"

    @display(description="a save", boolean=True)
    def is_save(self, pin: Pin) -> bool:
        return pin.root_id is not None

    @display(description="topics")
    def topics(self, pin: Pin) -> str:
        (found,) = topics_of_pins([pin.pk]).get()
        return ", ".join(topic.name for topic in found)

    @display(description="created", ordering="id")
    def created(self, pin: Pin) -> str:
        return f"{created_at(pin.pk):%Y-%m-%d %H:%M}"
