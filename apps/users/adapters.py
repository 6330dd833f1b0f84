"""How django-allauth makes accounts, writes e-mails and shows people."""

import dataclasses
from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.internal.restkit.response import ErrorResponse
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from apps.users.models import User
from apps.users.services.accounts import taken
from apps.users.sessions import forget_sessions_of
from pinboard.cache.writers import wrote
from pinboard.errors import Invalid

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts. Who loses a race for a name is told what they would be told a moment later."""

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Save a new account with its display name."""
        user.display_name = form.cleaned_data.get("display_name", "")
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as error:
            refused = taken(error)
            if not isinstance(refused, Invalid):
                raise
        if refused.problems[0].field == ("username",):
            form.add_error("username", self.validation_error("username_taken"))
            raise ImmediateHttpResponse(ErrorResponse(request, input=form))
        answer = prevent_enumeration(request, email=form.cleaned_data["email"])
        raise ImmediateHttpResponse(AuthenticationResponse.from_response(request, answer))

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        """Who is new is not on a replica yet."""
        wrote(user.pk)
        return super().post_login(request, user, **about)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as verified, and as the person's own. Somebody may have been faster."""
        try:
            with transaction.atomic():
                wrote(email_address.user_id)
                return super().confirm_email(request, email_address)
        except IntegrityError as error:
            refusal = self.validation_error("email_taken")
            raise ImmediateHttpResponse(ErrorResponse(request, exception=refusal)) from error

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An account always has the address that counts; only one that waits may be given up."""
        return not email_address.primary and super().can_delete_email(email_address)

    def set_password(self, user: User, password: str) -> None:
        """Another password ends the sessions of the one before, and all are looked at anew."""
        super().set_password(user, password)
        forget_sessions_of(user)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Takes as long as making an account would: the time must not tell that there is one."""
        make_password("the work of a hash")
        super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write an e-mail. A mail server that is away fails no request: people can ask again."""
        try:
            super().send_mail(
                template_prefix, email, {**context, "frontend_url": settings.FRONTEND_URL}
            )
        except (SMTPException, OSError) as error:
            log.error("users.mail_failed", mail=template_prefix, failure=type(error).__name__)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Who gave the right password may know that the account is suspended."""
        error = ValidationError("This account is suspended.", code="account_inactive")
        raise ImmediateHttpResponse(ErrorResponse(request, exception=error, status=403))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that rate limits count by; 403 for a request that came past the proxies."""
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            raise PermissionDenied("The request did not come through the proxies.") from None


class HeadlessAdapter(DefaultHeadlessAdapter):
    """People in the answers of `/auth/`: ids are texts, since JavaScript rounds numbers."""

    def user_as_dataclass(self, user: User) -> Any:
        shown = super().user_as_dataclass(user)
        return dataclasses.replace(shown, id=str(user.pk) if user.pk else None)
