"""Pins for tests, made through the services, so that all counters are right."""

from apps.pins.models import Pin
from apps.pins.services import create_pin, save_pin
from tests.factories.boards import BoardFactory
from tests.factories.media import PictureFactory, UploadFactory


def make_pin(board=None, **texts):
    """A first pin with a picture of its own."""
    board = board or BoardFactory()
    picture = texts.pop("picture", None) or PictureFactory()
    UploadFactory(picture=picture, owner=board.owner)
    pin_id = create_pin(owner_id=board.owner_id, board_id=board.pk, picture_id=picture.pk, **texts)
    return Pin.objects.get(pk=pin_id)


def make_save(pin, board, section_id=None):
    """A save of `pin` on `board`, by the board's owner."""
    saved = save_pin(
        owner_id=board.owner_id, board_id=board.pk, pin_id=pin.pk, section_id=section_id
    )
    return Pin.objects.get(pk=saved)
