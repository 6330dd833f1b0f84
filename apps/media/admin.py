"""Staff pages: pictures."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from apps.media.imaging.sizes import Format, Size
from apps.media.models import Picture, PictureState, PictureUpload
from apps.media.selectors import image
from pinboard.staff.admin import StaffAdmin

_LABELS = {
    PictureState.PROCESSING: "info",
    PictureState.READY: "success",
    PictureState.BROKEN: "danger",
}


@admin.register(Picture)
class PictureAdmin(StaffAdmin):
    """Pictures, to be looked at: what is done with them is done to the pins that show them."""

    list_display = ("thumbnail", "id", "shown_state", "reason", "kind", "pixels", "created_at")
    list_display_links = ("thumbnail", "id")
    list_filter = ("state", "reason", "is_animated")
    search_help_text = "Id"
    fields = (
        "preview",
        "id",
        "shown_state",
        "reason",
        "kind",
        "pixels",
        "is_animated",
        "dominant_color",
        "uploaded_by",
        "check_at",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        return super().get_queryset(request).defer("sha256", "thumbhash", "phash")

    @display(description="picture")
    def thumbnail(self, picture: Picture) -> SafeString:
        return picture_tag(picture, Size.CROP_150X150, "64")

    @display(description="preview")
    def preview(self, picture: Picture) -> SafeString:
        return picture_tag(picture, Size.W474, "auto")

    @display(description="state", label=_LABELS, ordering="state")
    def shown_state(self, picture: Picture) -> str:
        return picture.state

    @display(description="file")
    def kind(self, picture: Picture) -> str:
        return f"{picture.mime}, {filesizeformat(picture.byte_size)}"

    @display(description="pixels")
    def pixels(self, picture: Picture) -> str:
        return f"{picture.width} × {picture.height}"

    @display(description="uploaded by")
    def uploaded_by(self, picture: Picture) -> str:
        owners = PictureUpload.objects.filter(picture=picture).order_by("pk")
        return ", ".join(owners.values_list("owner__username", flat=True)[:20]) or "nobody"


def picture_tag(picture: Picture, size: Size, width: str) -> SafeString:
    """A picture on a staff page, or a dash until it is ready."""
    found = image(picture, size, Format.WEBP)
    if found is None:
        return mark_safe("–")
    return format_html(
        '<img src="{}" alt="" width="{}" loading="lazy" style="background: {}">',
        found.url,
        width,
        picture.dominant_color,
    )
