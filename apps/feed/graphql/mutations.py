"""The feed's part of the mutation root. Doing any of it twice is no error."""

import graphene

from apps.feed import services
from apps.feed.selectors.feedback import load_subjects
from apps.pins.graphql.types import PinType
from apps.users.graphql.types import UserType
from pinboard.graphql.mutations import Mutation, payload
from pinboard.graphql.types import Node


class HidePin(Mutation):
    """Leave a pin, and all copies of it that were saved from one another, out of your feeds."""

    class Input:
        pin_id = graphene.ID(required=True, description="The pin.")

    pin = payload(PinType, "The pin.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, pin_id):
        services.hide_pin(person_id=viewer, pin_id=pin_id)
        return {"pin": pin_id, "viewer": viewer}


class UnhidePin(Mutation):
    """Have a pin and its copies in your feeds again."""

    class Input:
        pin_id = graphene.ID(required=True, description="The pin, or a copy of it.")

    pin = payload(PinType, "The pin; null where it is gone, or not for you to see any more.")
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, pin_id):
        services.unhide_pin(person_id=viewer, pin_id=pin_id)
        return {"pin": pin_id, "viewer": viewer}


class SeeFewer(Mutation):
    """Have fewer pins of a person, of a board or about a topic in your home feed. Nobody is told."""

    class Input:
        subject_id = graphene.ID(required=True, description="The person, the board or the topic.")

    subject = payload(Node, "The person, the board or the topic.", load=load_subjects)
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, subject_id):
        services.see_fewer(person_id=viewer, subject_id=subject_id)
        return {"subject": subject_id, "viewer": viewer}


class UndoSeeFewer(Mutation):
    """Have as many pins as before of a person, of a board or about a topic in your home feed."""

    class Input:
        subject_id = graphene.ID(required=True, description="The person, the board or the topic.")

    subject = payload(
        Node,
        "The person, the board or the topic; null where it is gone, or not for you to see any more.",
        load=load_subjects,
    )
    viewer = payload(UserType, "You, as you are now.")

    @classmethod
    def perform(cls, viewer, subject_id):
        services.undo_see_fewer(person_id=viewer, subject_id=subject_id)
        return {"subject": subject_id, "viewer": viewer}


class ReportFeedActivity(Mutation):
    """Tell which pins you have seen in your feeds, and which of them you opened.

    It makes your home feed better, and is counted some seconds later. Sent twice, what was seen
    counts once.
    """

    transactional = False
    points = 2

    class Input:
        impressions = graphene.List(
            graphene.NonNull(graphene.ID),
            description="Pins that came into sight, in order; 100 at most.",
        )
        opens = graphene.List(
            graphene.NonNull(graphene.ID), description="Pins that were opened; 100 at most."
        )

    accepted = graphene.Int(
        required=True,
        description="How many ids were taken; 0 when they can't be at the moment, which is no reason "
        "to try again.",
        resolver=lambda payload, info: payload.accepted or 0,
    )

    @classmethod
    def perform(cls, viewer, impressions=None, opens=None):
        accepted = services.report_activity(
            person_id=viewer, impressions=impressions or [], opens=opens or []
        )
        return {"accepted": accepted}


class FeedMutation:
    """Telling what one wants in one's feeds, and what not."""

    hide_pin = HidePin.Field()
    unhide_pin = UnhidePin.Field()
    see_fewer = SeeFewer.Field()
    undo_see_fewer = UndoSeeFewer.Field()
    report_feed_activity = ReportFeedActivity.Field()
