"""People in the API."""

import graphene
from django.conf import settings
from django.urls import reverse
from graphene_django import DjangoObjectType

from apps.users import selectors
from apps.users.models import DataExport, User
from apps.users.selectors import AccountRecord, DataExportRecord
from pinboard.graphql.batch import batch
from pinboard.graphql.connections import connection
from pinboard.graphql.types import RecordType
from pinboard.ids.layout import created_at


class DataExportState(graphene.Enum):
    """How far a data export is."""

    PENDING = "pending"
    READY = "ready"

    @property
    def description(self) -> str:
        if self is DataExportState.PENDING:
            return "A worker is putting it together. Ask again in a minute."
        return "It can be downloaded from `url`."


class DataExportType(RecordType):
    class Meta:
        name = "DataExport"
        description = "A zip of everything that a person made. It exists for its owner only."
        model = DataExport
        load = selectors.load_data_exports
        fields = ("ready_at", "expires_at")

    state = graphene.Field(
        DataExportState,
        required=True,
        description="How far it is.",
        resolver=lambda export, info: (
            DataExportState.READY if export.ready_at else DataExportState.PENDING
        ),
    )
    requested_at = graphene.DateTime(
        required=True,
        description="When it was asked for.",
        resolver=lambda export, info: created_at(export.id),
    )
    size = graphene.Int(description="The file's size in bytes; null while it is built.")
    url = graphene.String(
        description="Where to GET it as you are logged in here; null while it is built."
    )

    def resolve_size(export: DataExportRecord, info):
        return export.size if export.ready_at else None

    def resolve_url(export: DataExportRecord, info):
        if export.ready_at is None:
            return None
        path = reverse("data-export", kwargs={"export_id": str(export.id)})
        return info.context.request.build_absolute_uri(path)


class AccountType(DjangoObjectType):
    """Not a node: an account is reached through its person, and by that person only."""

    class Meta:
        name = "Account"
        description = "What a person alone knows of their account."
        model = User
        skip_registry = True
        fields = ("email", "country", "language", "deletion_requested_at")

    deletes_at = graphene.DateTime(
        description="When the account will be deleted for good; null unless that was asked for."
    )
    data_export = graphene.Field(
        DataExportType, description="The newest data export; null when there is none to be had."
    )

    @classmethod
    def is_type_of(cls, root, info):
        return True

    def resolve_deletes_at(account: AccountRecord, info):
        asked = account.deletion_requested_at
        return asked and asked + settings.DELETION_GRACE

    @batch
    def resolve_data_export(accounts: list[AccountRecord], info):
        viewer_id = info.context.viewer_id
        latest = selectors.latest_data_export(viewer_id)
        return selectors.load_data_exports(viewer_id, [latest] * len(accounts))


class UserType(RecordType):
    """A person, as others see them."""

    class Meta:
        name = "User"
        description = "A person, as others see them."
        model = User
        load = selectors.load_users
        fields = ("username", "display_name", "about", "website", "location")

    joined_at = graphene.DateTime(
        required=True,
        description="When the account was made.",
        resolver=lambda user, info: created_at(user.id),
    )
    viewer_has_blocked = graphene.Boolean(
        required=True,
        description="Whether the viewer has blocked the person, whom they then see in "
        "`blockedPeople` alone.",
    )
    viewer_has_muted = graphene.Boolean(
        required=True,
        description="Whether the viewer's feeds leave the person's pins out.",
    )
    account = graphene.Field(
        AccountType, description="What only the person may know; null for everybody but yourself."
    )

    @batch
    def resolve_account(users, info):
        return selectors.load_accounts(info.context.viewer_id, [user.id for user in users])

    @batch
    def resolve_viewer_has_blocked(users, info):
        ids = [user.id for user in users]
        blocked = selectors.blocked_among(info.context.viewer_id, ids)
        return [one in blocked for one in ids]

    @batch
    def resolve_viewer_has_muted(users, info):
        ids = [user.id for user in users]
        muted = selectors.muted_among(info.context.viewer_id, ids)
        return [one in muted for one in ids]


UserConnection = connection(UserType)
