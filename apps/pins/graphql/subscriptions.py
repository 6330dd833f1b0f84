"""The pins' part of the subscription root."""

import graphene

from apps.media.selectors import is_processed
from apps.pins.graphql.types import PinType
from apps.pins.selectors import load_pins
from pinboard.cache import keys
from pinboard.errors import NotFound
from pinboard.graphql.batch import batch
from pinboard.graphql.types import parse_id
from pinboard.live.source import Event, Source


class PinProcessing(Source):
    """A pin of the viewer's own, until its picture is ready or broken, or the pin is gone."""

    def __init__(self, viewer_id, pin_id):
        self._viewer_id, self._pin_id = viewer_id, pin_id
        pin = self._own_pin()
        if pin is None:
            raise NotFound
        self.topics = (keys.picture_done(pin.picture_id),)

    def look(self):
        pin = self._own_pin()
        if pin is None or is_processed(pin.picture_id):
            return Event(self._pin_id, is_last=True)
        return None

    def _own_pin(self):
        (pin,) = load_pins(self._viewer_id, [self._pin_id]).get()
        return pin if pin is not None and pin.owner_id == self._viewer_id else None


class PinProcessed(graphene.ObjectType):
    """A pin's picture is ready, or can't be used."""

    pin = graphene.Field(PinType, description="The pin as it is now; null when it is gone.")

    @batch
    def resolve_pin(pin_ids, info):
        return load_pins(info.context.viewer_id, pin_ids)


class PinsSubscription:
    """What of pins can be waited for."""

    pin_processed = graphene.Field(
        PinProcessed,
        required=True,
        pin_id=graphene.ID(required=True, description="A pin of yours."),
        description="One event, at once or when the pin's picture has become ready or broken.",
    )

    def subscribe_pin_processed(root, info, pin_id):
        return PinProcessing(info.context.require_viewer(), parse_id(pin_id, "pinId"))
