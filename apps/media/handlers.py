"""Reactions to events: what workers do with pictures."""

from apps.media import services
from apps.media.events import PictureBroken, PictureDeleted, PictureReady, PictureUploaded
from apps.users.events import PersonErased
from pinboard.cache import keys
from pinboard.events.registry import subscribe
from pinboard.live.topics import announce


@subscribe(PictureUploaded, queue="media")
def process(event: PictureUploaded) -> None:
    """Decode the picture and write its files."""
    services.process_picture(picture_id=event.picture_id)


@subscribe(PictureReady)
def discard_original_of_ready(event: PictureReady) -> None:
    """Forget what was uploaded, metadata and all."""
    services.discard_original(picture_id=event.picture_id)


@subscribe(PictureBroken)
def discard_original_of_broken(event: PictureBroken) -> None:
    """Forget what was uploaded."""
    services.discard_original(picture_id=event.picture_id)


@subscribe(PictureDeleted)
def discard_renditions(event: PictureDeleted) -> None:
    """Delete the files of a picture that is gone."""
    services.discard_renditions(key=event.key)


@subscribe(PictureReady)
def tell_of_ready(event: PictureReady) -> None:
    """Whoever waits for the picture looks."""
    announce(keys.picture_done(event.picture_id))


@subscribe(PictureBroken)
def tell_of_broken(event: PictureBroken) -> None:
    """Whoever waits for the picture looks."""
    announce(keys.picture_done(event.picture_id))


@subscribe(PersonErased)
def forget_pictures(event: PersonErased) -> None:
    """Delete what tells that the person uploaded pictures, and their avatar."""
    services.forget_person(user_id=event.user_id)
