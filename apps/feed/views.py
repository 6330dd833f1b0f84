"""Pages of the feed beside the admin's own."""

from typing import Any

from django import forms
from django.contrib.admin import site
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.feed.services import inspect_feed
from pinboard.errors import Refusal
from pinboard.staff.acts import REASON_LENGTH, reason_field


class InspectorForm(forms.Form):
    """Whose feed, and why."""

    person = forms.CharField(
        max_length=60, widget=UnfoldAdminTextInputWidget({"placeholder": "@username or id"})
    )
    reason = reason_field(UnfoldAdminTextInputWidget, max_length=REASON_LENGTH)


@permission_required("feed.inspect_feed", raise_exception=True)
def feed_inspector(request: HttpRequest) -> HttpResponse:
    """Somebody's home feed with each candidate's sources, features and score, and why others were left
    out. To look takes a reason, which goes into the audit log."""
    form = InspectorForm(request.POST or None)
    context: dict[str, Any] = {**site.each_context(request), "title": "Feed inspector"}
    if request.method == "POST" and form.is_valid():
        try:
            context["candidates"] = _inspected(request, **form.cleaned_data)
        except Refusal as refused:
            form.add_error(None, str(refused))
    return render(request, "staff/feed_inspector.html", {**context, "form": form})


def _inspected(request: HttpRequest, *, person: str, reason: str) -> list[Any]:
    assert request.user.pk is not None  # a permission is required
    return inspect_feed(actor_id=request.user.pk, person=person, reason=reason)
