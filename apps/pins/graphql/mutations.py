"""The pins' part of the mutation root."""

import graphene

from apps.boards.graphql.types import BoardType
from apps.pins import services
from apps.pins.graphql.types import PinType
from pinboard.errors import BadInput
from pinboard.graphql.mutations import Mutation, payload, payload_list

MAX_BULK = 100


class _PinTexts:
    """The texts of a pin, in inputs."""

    title = graphene.String(description="Up to 100 characters.")
    description = graphene.String(description="Up to 800 characters.")
    alt_text = graphene.String(description="The picture in words, up to 500 characters.")
    link = graphene.String(description="An http or https address, up to 2,048 characters.")
    note = graphene.String(description="For yourself alone, up to 1,000 characters.")


def _given(values):
    return {name: value for name, value in values.items() if value is not None}


def _limited(pin_ids):
    if not 0 < len(pin_ids) <= MAX_BULK:
        raise BadInput(f"`pinIds` holds {len(pin_ids)} ids. Send 1 to {MAX_BULK}.")
    return pin_ids


class CreatePin(Mutation):
    """Make a pin of a picture that you uploaded."""

    class Input(_PinTexts):
        board_id = graphene.ID(required=True, description="A board of yours.")
        section_id = graphene.ID(description="A section of that board.")
        picture_id = graphene.ID(required=True, description="A picture from `uploadPicture`.")

    pin = payload(PinType, "The new pin. Others see it when its picture is ready.")

    @classmethod
    def perform(cls, viewer, **values):
        return {"pin": services.create_pin(owner_id=viewer, **_given(values))}


class UpdatePin(Mutation):
    """Change a pin of yours. What is not given stays as it is."""

    class Input(_PinTexts):
        pin_id = graphene.ID(required=True, description="The pin.")

    pin = payload(PinType, "The pin as it is now.")

    @classmethod
    def perform(cls, viewer, pin_id, **values):
        services.update_pin(actor_id=viewer, pin_id=pin_id, **_given(values))
        return {"pin": pin_id}


class DeletePin(Mutation):
    """Delete a pin of yours. What was saved from it stays."""

    class Input:
        pin_id = graphene.ID(required=True, description="The pin.")

    deleted_pin_id = graphene.ID(description="The id that the pin had.")
    board = payload(BoardType, "The board that it was on.")

    @classmethod
    def perform(cls, viewer, pin_id):
        board_id = services.delete_pin(actor_id=viewer, pin_id=pin_id)
        return {"deleted_pin_id": pin_id, "board": board_id}


class SavePin(Mutation):
    """Save a pin to a board of yours. Saved to the same place again, it is the pin that is there."""

    class Input:
        pin_id = graphene.ID(required=True, description="A pin that you can see.")
        board_id = graphene.ID(required=True, description="A board of yours.")
        section_id = graphene.ID(description="A section of that board.")

    pin = payload(PinType, "Your new pin, which remembers what it was saved from.")

    @classmethod
    def perform(cls, viewer, pin_id, board_id, section_id=None):
        saved = services.save_pin(
            owner_id=viewer, pin_id=pin_id, board_id=board_id, section_id=section_id
        )
        return {"pin": saved}


class MovePins(Mutation):
    """Move pins of yours to another board or section."""

    class Input:
        pin_ids = graphene.List(
            graphene.NonNull(graphene.ID), required=True, description=f"Up to {MAX_BULK} pins."
        )
        board_id = graphene.ID(required=True, description="A board of yours.")
        section_id = graphene.ID(
            description="A section of that board; none takes them out of theirs."
        )

    board = payload(BoardType, "The board that they are on now.")
    pins = payload_list(PinType, "The pins, where they are now.", most=MAX_BULK)
    boards_left = payload_list(
        BoardType, "The other boards that some of them were on.", most=MAX_BULK
    )

    @classmethod
    def perform(cls, viewer, pin_ids, board_id, section_id=None):
        left = services.move_pins(
            actor_id=viewer, pin_ids=_limited(pin_ids), board_id=board_id, section_id=section_id
        )
        return {"board": board_id, "pins": list(dict.fromkeys(pin_ids)), "boards_left": left}


class DeletePins(Mutation):
    """Delete several pins of yours, all or none."""

    class Input:
        pin_ids = graphene.List(
            graphene.NonNull(graphene.ID), required=True, description=f"Up to {MAX_BULK} pins."
        )

    deleted_pin_ids = graphene.List(
        graphene.NonNull(graphene.ID), description="The ids that the pins had."
    )
    boards = payload_list(BoardType, "The boards that they were on.", most=MAX_BULK)

    @classmethod
    def perform(cls, viewer, pin_ids):
        boards = services.delete_pins(actor_id=viewer, pin_ids=_limited(pin_ids))
        return {"deleted_pin_ids": pin_ids, "boards": boards}


class SetBoardCover(Mutation):
    """Choose the pin whose picture stands for a board of yours."""

    class Input:
        board_id = graphene.ID(required=True, description="A board of yours.")
        pin_id = graphene.ID(description="A pin on it; without one the newest is shown.")

    board = payload(BoardType, "The board with its cover.")

    @classmethod
    def perform(cls, viewer, board_id, pin_id=None):
        services.set_cover(actor_id=viewer, board_id=board_id, pin_id=pin_id)
        return {"board": board_id}


class PinsMutation:
    """Writes on pins."""

    create_pin = CreatePin.Field()
    update_pin = UpdatePin.Field()
    delete_pin = DeletePin.Field()
    save_pin = SavePin.Field()
    move_pins = MovePins.Field()
    delete_pins = DeletePins.Field()
    set_board_cover = SetBoardCover.Field()
