"""The people's part of the mutation root. Signing up and logging in is done at `/auth/`."""

import graphene

from apps.users import selectors, services
from apps.users.graphql.types import DataExportType, UserType
from pinboard.graphql.mutations import Mutation, payload


class UpdateProfile(Mutation):
    """Change your profile. What is not given stays as it is; an empty text takes the value away."""

    class Input:
        display_name = graphene.String(description="The name that people see, up to 60 characters.")
        about = graphene.String(description="What you tell of yourself, up to 500 characters.")
        website = graphene.String(
            description="Your site, an http or https address of up to 2,048 characters."
        )
        location = graphene.String(description="Where you are, up to 60 characters.")
        country = graphene.String(description="ISO 3166-1 alpha-2 code, such as `SE`. Private.")
        language = graphene.String(description="BCP 47 tag, such as `en` or `pt-BR`. Private.")

    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, **changes):
        given = {name: value for name, value in changes.items() if value is not None}
        services.update_profile(actor_id=viewer, **given)
        return {"viewer": viewer}


class ChangeUsername(Mutation):
    """Take another username. The old one is free for everybody at once."""

    class Input:
        username = graphene.String(
            required=True, description="3 to 30 letters from a to z, digits or underscores."
        )

    viewer = payload(UserType, "You, under your new name.")

    @classmethod
    def perform(cls, viewer, username):
        services.change_username(actor_id=viewer, username=username)
        return {"viewer": viewer}


class RequestDataExport(Mutation):
    """Have a zip of everything you made put together; an e-mail tells when it is ready.

    One a day: until then the last one is the answer.
    """

    data_export = payload(DataExportType, "The export. Ask for its `state` until it is ready.")

    @classmethod
    def perform(cls, viewer):
        return {"data_export": services.request_data_export(actor_id=viewer)}


class RequestAccountDeletion(Mutation):
    """Have your account deleted with everything of yours.

    Nobody else sees you from now on, and all your sessions end. Until `account.deletesAt` you can
    log in and cancel.
    """

    viewer = payload(UserType, "You.")

    @classmethod
    def perform(cls, viewer):
        services.request_account_deletion(actor_id=viewer)
        return {"viewer": viewer}


class CancelAccountDeletion(Mutation):
    """Keep your account after all."""

    viewer = payload(UserType, "You, as before.")

    @classmethod
    def perform(cls, viewer):
        services.cancel_account_deletion(actor_id=viewer)
        return {"viewer": viewer}


class BlockUser(Mutation):
    """Have neither of you see the other, or anything of theirs. Follows between you end.

    The other is not told. What either has saved stays with them.
    """

    class Input:
        user_id = graphene.ID(required=True, description="The person.")

    user = payload(
        UserType,
        "The person, whom you see here and in `blockedPeople`.",
        load=selectors.load_blocked,
    )
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, user_id):
        services.block_person(blocker_id=viewer, blocked_id=user_id)
        return {"user": user_id, "viewer": viewer}


class UnblockUser(Mutation):
    """Take a block back. Follows that it ended do not come back."""

    class Input:
        user_id = graphene.ID(required=True, description="The person.")

    user = payload(UserType, "The person; null where you don't see them, for another reason.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, user_id):
        services.unblock_person(blocker_id=viewer, blocked_id=user_id)
        return {"user": user_id, "viewer": viewer}


class MuteUser(Mutation):
    """Leave a person's pins out of your feeds. All else stays as it is, and they are not told."""

    class Input:
        user_id = graphene.ID(required=True, description="The person.")

    user = payload(UserType, "The person.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, user_id):
        services.mute_person(muter_id=viewer, muted_id=user_id)
        return {"user": user_id, "viewer": viewer}


class UnmuteUser(Mutation):
    """Have a person's pins in your feeds again."""

    class Input:
        user_id = graphene.ID(required=True, description="The person.")

    user = payload(UserType, "The person.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, user_id):
        services.unmute_person(muter_id=viewer, muted_id=user_id)
        return {"user": user_id, "viewer": viewer}


class UsersMutation:
    """Writes on one's own account, and on whom one wants to see."""

    update_profile = UpdateProfile.Field()
    change_username = ChangeUsername.Field()
    request_data_export = RequestDataExport.Field()
    request_account_deletion = RequestAccountDeletion.Field()
    cancel_account_deletion = CancelAccountDeletion.Field()
    block_user = BlockUser.Field()
    unblock_user = UnblockUser.Field()
    mute_user = MuteUser.Field()
    unmute_user = UnmuteUser.Field()
