"""Acts: what staff may do to an object besides looking at it, one service call each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.enums import ActionVariant
from unfold.forms import ActionForm, BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Act:
    """A button on an object's page, and an action of the list.

    `perform` is a service that takes `actor_id`, `reason` and, under the name `subject`, the
    object's id. `permission` is `app.codename`. `applies` says of an object whether its page shows
    the button; the service decides whether anything is done.
    """

    name: str
    title: str
    explanation: str
    permission: str
    perform: Callable[..., Any]
    subject: str
    icon: str
    variant: ActionVariant = ActionVariant.DEFAULT
    applies: Callable[[Any], bool] = lambda _: True

    def __call__(self, actor_id: int, subject_id: int, reason: str) -> None:
        """Do it. Raises what the service raises."""
        self.perform(actor_id=actor_id, reason=reason, **{self.subject: subject_id})


def reason_field(widget: type[forms.Widget], **options: Any) -> forms.CharField:
    """Where staff say why."""
    hints = {"placeholder": "Why? It goes into the audit log.", "maxlength": str(REASON_LENGTH)}
    return forms.CharField(widget=widget(hints), **options)


class ReasonDialog(BaseDialogForm):
    """Asks for the reason of an act on one object."""

    reason = reason_field(UnfoldAdminTextareaWidget, max_length=REASON_LENGTH)


class ReasonActionForm(ActionForm):
    """The list's form of actions, with the reason that all of them want."""

    # Django tells of any mistake here that no action was selected; the service says it better.
    reason = reason_field(UnfoldAdminTextInputWidget, required=False, label="")
    field_order = ("reason", "action")


class CorrectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """An object's texts, and the reason why staff correct them."""

    reason = reason_field(UnfoldAdminTextInputWidget, max_length=REASON_LENGTH)
