"""What sign-up asks for on top of e-mail, username and password."""

from django import forms
from django.http import HttpRequest

from apps.users.models import User
from pinboard.names import valid_name


class SignupForm(forms.Form):
    """The base of allauth's form; its `save` has the adapter make the account."""

    display_name = forms.CharField(max_length=60, required=False, validators=[valid_name])

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth calls this once the account exists. The adapter has saved all there is."""
