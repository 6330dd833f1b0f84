"""The staff pages' log-in: as careful as that of everybody else."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.users.models import User


class StaffLoginForm(AuthenticationForm):
    """Takes a username or an address, under allauth's rate limits, and the second factor."""

    code = forms.CharField(
        required=False,
        max_length=20,
        label="Code",
        help_text="From your authenticator app, if you use one, or a recovery code.",
        # Shown outside of the form's element, which is unfold's.
        widget=UnfoldAdminTextInputWidget({"form": "login-form", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Username or e-mail"

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            user = get_adapter().authenticate(self.request, username=name, password=password)
            if user is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(user)
            self._require_second_factor(user)
            self.user_cache = user
        return self.cleaned_data

    def _require_second_factor(self, user: User) -> None:
        if not is_mfa_enabled(user):
            return
        second = AuthenticateForm({"code": self.cleaned_data.get("code", "")}, user=user)
        if not second.is_valid():
            raise forms.ValidationError(second.errors["code"].data)
        second.save()
