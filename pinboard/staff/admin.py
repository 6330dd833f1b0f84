"""The base of every staff page: to look, to correct, and to act; never to write around a service."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import site
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest
from django.db.models import Model, Q, QuerySet, URLField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from pinboard.errors import Refusal
from pinboard.ids.layout import parse
from pinboard.staff.acts import Act, CorrectionForm, ReasonActionForm, ReasonDialog

MAX_SELECTED = 100


def close_other_pages() -> None:
    """Take away pages that libraries bring along, which would write around the services."""
    for model, page in list(site._registry.items()):
        if not isinstance(page, StaffAdmin):
            site.unregister(model)


class StaffAdmin(ModelAdmin):
    """Pages of one kind of object, read only but for `correctable` fields and `acts`.

    `people`: foreign keys to persons, by whom `@username` finds. `words`: texts that a search looks
    into. `found_by`: models on whose pages a link leads to the list of these, and by which field.
    """

    acts: ClassVar[tuple[Act, ...]] = ()
    correctable: ClassVar[tuple[str, ...]] = ()
    people: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[tuple[str, ...]] = ()
    found_by: ClassVar[dict[str, str]] = {}

    form = CorrectionForm
    action_form = ReasonActionForm
    ordering = ("-pk",)
    list_per_page = 50
    list_disable_select_all = True
    show_full_result_count = False
    # No page counts millions of rows.
    paginator = InfinitePaginator
    search_fields = ("pk",)  # has the search box shown; `find` is what searches

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for act in cls.acts:
            setattr(cls, act.name, _button(act))
            setattr(cls, f"has_{act.name}_permission", _permission(act))
        cls.actions_detail = tuple(act.name for act in cls.acts)

    # --- looking ---------------------------------------------------------------------------------

    def find(self, term: str) -> Q:
        """What a search term finds: an id, a person's things by `@username`, or words."""
        if term.startswith("@"):
            return _any(Q(**{f"{field}__username__iexact": term[1:]}) for field in self.people)
        number = parse(term)
        by_id = Q(pk=number) if number is not None else Q(pk__in=())
        return _any([by_id, *(Q(**{f"{field}__icontains": term}) for field in self.words)])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.replace("\x00", "").strip()
        return (queryset.filter(self.find(term)) if term else queryset), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.list_select_related or ())

    @display(description="See also")
    def see_also(self, subject: Model) -> SafeString:
        """Links to the lists of what belongs to the object."""
        links = []
        for model, other in self.admin_site._registry.items():
            field = getattr(other, "found_by", {})
            field = field.get(subject._meta.label) or field.get("*")
            if field:
                address = reverse(
                    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
                )
                links.append((f"{address}?{field}={subject.pk}", model._meta.verbose_name_plural))
        return format_html_join(
            " · ", '<a class="text-primary-600 underline" href="{}">{}</a>', links
        )

    # --- correcting ------------------------------------------------------------------------------

    def correct(self, *, actor_id: int, subject_id: int, reason: str, **changes: Any) -> None:
        """Call the service that changes `correctable` fields."""
        raise NotImplementedError

    def get_correctable(self, request: HttpRequest) -> tuple[str, ...]:
        """The fields that this member of staff may change."""
        return self.correctable

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.get_correctable(request)) and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        reason = ("reason",) if self.has_change_permission(request, obj) else ()
        return (*self.fields, "see_also", *reason)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        correctable = {*self.get_correctable(request), "reason"}
        return [name for name in self.get_fields(request, obj) if name not in correctable]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if isinstance(db_field, URLField):
            options["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        reason = values.pop("reason", "")
        if values:
            self.correct(actor_id=_actor(request), subject_id=obj.pk, reason=reason, **values)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: `correct` has written all of it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit log has the line, with the reason."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    # --- acting ----------------------------------------------------------------------------------

    def address_after(self, request: HttpRequest, subject: Model) -> str:
        """Where to go after an act: to the object, or to the list once it is gone."""
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if self.get_object(request, str(subject.pk)) is None:
            return reverse(f"{page}_changelist")
        return reverse(f"{page}_change", args=[subject.pk])

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable[..., Any], str, str]]:
        return {
            act.name: (partial(_act_on_selected, act), act.name, act.title)
            for act in self.acts
            if request.user.has_perm(act.permission)
        }

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        if None in map(parse, request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("What is selected are ids.")
        return super().response_action(request, queryset)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        subject = self.get_object(request, unquote(str(object_id))) if self.acts else None
        applicable = {
            self.get_unfold_action(act.name).action_name
            for act in self.acts
            if subject is not None and act.applies(subject)
        }
        allowed = super().get_actions_detail(request, object_id)
        return [one for one in allowed if one.action_name in applicable]


def _permission(act: Act) -> Any:
    """Unfold asks methods like this one who may press a button."""

    def may(self: StaffAdmin, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm(act.permission)

    return may


def _button(act: Act) -> Any:
    """An act as a button that opens a dialog."""

    @action(
        description=act.title,
        permissions=[act.name],
        url_path=act.name,
        icon=act.icon,
        variant=act.variant,
        dialog={
            "title": act.title,
            "description": act.explanation,
            "form_class": ReasonDialog,
            "form_submit_text": act.title,
        },
    )
    def press(
        self: StaffAdmin, request: HttpRequest, form: ReasonDialog, object_id: str
    ) -> HttpResponse:
        subject = self.get_object(request, unquote(object_id))
        if subject is None:
            raise Http404
        _act_on(act, request, [subject.pk], form.cleaned_data["reason"])
        return HttpResponse(headers={"HX-Redirect": self.address_after(request, subject)})

    press.__name__ = act.name
    return press


def _act_on_selected(
    act: Act, admin: StaffAdmin, request: HttpRequest, selected: QuerySet[Any]
) -> None:
    ids = list(selected.values_list("pk", flat=True)[: MAX_SELECTED + 1])
    if len(ids) > MAX_SELECTED:
        messages.error(request, f"Select at most {MAX_SELECTED} at a time.")
        return
    _act_on(act, request, ids, request.POST.get("reason", ""))


def _act_on(act: Act, request: HttpRequest, ids: list[int], reason: str) -> None:
    """Each in a transaction of its own, so that one refusal leaves the others done."""
    done = 0
    for subject_id in ids:
        try:
            act(_actor(request), subject_id, reason)
            done += 1
        except Refusal as refusal:
            messages.error(request, f"{subject_id}: {refusal}")
    if done:
        messages.success(request, f"{act.title}: {done} done.")


def _actor(request: HttpRequest) -> int:
    """The member of staff: the site lets in nobody else."""
    return int(request.user.pk or 0)


def _any(conditions: Any) -> Q:
    found = Q(pk__in=())
    for condition in conditions:
        found |= condition
    return found
