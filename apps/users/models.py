"""People: accounts and profiles, and the exports of what they made."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now, Upper
from django.utils.crypto import salted_hmac

from apps.users.relations import Block, Mute
from apps.users.usernames import TAKEN, not_reserved
from apps.users.visibility import DATA_EXPORT, PERSON
from pinboard.ids.fields import IdField
from pinboard.links import WebAddressField
from pinboard.names import valid_name

__all__ = ["Block", "DataExport", "Mute", "User", "UserManager"]


class UserManager(BaseUserManager["User"]):
    """Makes accounts for commands and tests; people sign up through allauth."""

    def create_user(
        self, email: str, username: str, password: str | None = None, **fields: object
    ) -> "User":
        user = self.model(email=email.strip().lower(), username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.emailaddress_set.create(email=user.email, primary=True, verified=True)
        return user

    def create_superuser(
        self, email: str, username: str, password: str | None = None, **fields: object
    ) -> "User":
        return self.create_user(
            email, username, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        """E-mail addresses are told apart without regard to case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person.

    `is_active` says who may log in: not the suspended and the erased. Who has asked for deletion
    may, to think again, and yet is seen by nobody else (see `apps.users.visibility`).
    """

    id = IdField(kind=1)
    email = models.EmailField(
        help_text="Where to reach the person; theirs alone, whatever its case."
    )
    username = models.CharField(
        max_length=30,
        validators=[
            MinLengthValidator(3, "A username has at least 3 characters."),
            RegexValidator(
                r"\A[A-Za-z0-9_]+\Z",
                "A username has letters from a to z, digits and underscores only.",
            ),
            not_reserved,
        ],
        help_text="The name in the profile's address: 3 to 30 letters from a to z, digits or underscores.",
    )
    display_name = models.CharField(
        max_length=60,
        blank=True,
        validators=[valid_name],
        help_text="The name that people see.",
    )
    about = models.CharField(
        max_length=500, blank=True, help_text="What the person tells of themselves."
    )
    website = WebAddressField(max_length=2_048, blank=True, help_text="The person's own site.")
    location = models.CharField(
        max_length=60, blank=True, help_text="Where the person says they are."
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", "A country is two letters, such as SE.")],
        help_text="ISO 3166-1 alpha-2 code, such as `SE`.",
    )
    language = models.CharField(
        max_length=12,
        blank=True,
        validators=[
            RegexValidator(
                r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "A language is a tag such as en or pt-BR."
            )
        ],
        help_text="BCP 47 language tag, such as `en` or `pt-BR`.",
    )
    is_staff = models.BooleanField(default=False, help_text="May enter the staff pages.")
    is_active = models.BooleanField(default=True, help_text="May log in.")
    suspended_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when staff keep them out."
    )
    deletion_requested_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person asked for the account to be deleted."
    )
    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the account was emptied; only its id is left, for a while.",
    )
    session_generation = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised to end every session of the person at once."
    )
    date_joined = models.DateTimeField(db_default=Now())

    # What allauth hangs on a person; its package tells no types.
    emailaddress_set: Any
    authenticator_set: Any
    usersession_set: Any

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    guard = PERSON

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_once"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
            # Upper, since that is what Django's `iexact` and `istartswith` compare, and the operator
            # class that LIKE wants: the index serves look-ups too.
            models.UniqueConstraint(
                OpClass(Upper("username"), name="text_pattern_ops"),
                name="user_username_once",
                violation_error_message=TAKEN,
            ),
        ]
        indexes = [
            models.Index(
                fields=["deletion_requested_at"],
                name="user_deletions",
                condition=models.Q(deletion_requested_at__isnull=False),
            ),
            models.Index(
                fields=["erased_at"],
                name="user_erased",
                condition=models.Q(erased_at__isnull=False),
            ),
        ]
        verbose_name = "person"
        verbose_name_plural = "people"
        permissions = [("suspend_user", "Can suspend and restore a person")]

    def __str__(self) -> str:
        return self.username

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def end_sessions(self) -> None:
        """Have every session and token of the person end with the row's next save."""
        self.session_generation += 1

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django compares this with each session's: another password or generation ends them."""
        return salted_hmac(
            "apps.users.session",
            f"{self.password}:{self.session_generation}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class DataExport(models.Model):
    """A zip of everything that a person made, to be had for a while."""

    id = IdField(kind=6)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    file = models.CharField(
        max_length=100, unique=True, help_text="The file's name in the private storage."
    )
    size = models.PositiveBigIntegerField(default=0, help_text="The file's size in bytes.")
    ready_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it can be downloaded; null while it is built."
    )
    expires_at = models.DateTimeField(help_text="When it goes.")

    guard = DATA_EXPORT

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="data_export_latest"),
            models.Index(fields=["expires_at"], name="data_export_expiry"),
        ]

    def __str__(self) -> str:
        return f"data export {self.pk}"
