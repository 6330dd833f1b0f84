"""People: accounts and profiles."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinLengthValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models.functions import Lower, Now

from apps.users.visibility import PERSON
from pinboard.ids.fields import IdField


class UserManager(BaseUserManager["User"]):
    """Makes accounts for commands and tests; people sign up through allauth."""

    def create_user(
        self, email: str, username: str, password: str | None = None, **fields: object
    ) -> "User":
        user = self.model(email=email.strip().lower(), username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, username: str, password: str | None = None, **fields: object
    ) -> "User":
        return self.create_user(
            email, username, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        """E-mail addresses are told apart without regard to case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `is_active` is false while the account is suspended or about to be deleted."""

    id = IdField(kind=1)
    email = models.EmailField(
        help_text="Where to reach the person; theirs alone, whatever its case."
    )
    username = models.CharField(
        max_length=30,
        validators=[
            MinLengthValidator(3, "A username has at least 3 characters."),
            RegexValidator(
                r"\A[A-Za-z0-9_]+\Z", "A username has letters, digits and underscores only."
            ),
        ],
        help_text="The name in the profile's address: 3 to 30 letters, digits or underscores.",
    )
    display_name = models.CharField(
        max_length=60, blank=True, help_text="The name that people see."
    )
    about = models.CharField(
        max_length=500, blank=True, help_text="What the person tells of themselves."
    )
    website = models.URLField(
        max_length=2_048,
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text="The person's own site.",
    )
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
                r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z", "A language is a tag such as en or pt-BR."
            )
        ],
        help_text="BCP 47 language tag, such as `en` or `pt-BR`.",
    )
    is_staff = models.BooleanField(default=False, help_text="May enter the staff pages.")
    is_active = models.BooleanField(default=True, help_text="May log in and is seen by others.")
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
    date_joined = models.DateTimeField(db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    guard = PERSON

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
        ]
        indexes = [
            models.Index(
                fields=["deletion_requested_at"],
                name="user_deletions",
                condition=models.Q(deletion_requested_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.username
