"""What happens to pictures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureUploaded:
    """New bytes wait for a worker."""

    picture_id: int


@dataclass(frozen=True)
class PictureReady:
    """All sizes of a picture are there."""

    picture_id: int


@dataclass(frozen=True)
class PictureBroken:
    """A picture can't be used; its row says why."""

    picture_id: int


@dataclass(frozen=True)
class PictureDeleted:
    """A picture's row is gone. `key`: the name of its folder in storage, whose files have to go."""

    picture_id: int
    key: str


@dataclass(frozen=True)
class AvatarChanged:
    """A person has another picture beside their name, or none. Read it: it may have changed."""

    user_id: int
