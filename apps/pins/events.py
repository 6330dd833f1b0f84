"""What happens to pins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PinCreated:
    """A pin was made; a save is one with `saved_from_id`."""

    pin_id: int
    owner_id: int
    board_id: int
    root_id: int | None
    saved_from_id: int | None


@dataclass(frozen=True)
class PinEdited:
    """The title, the description or the alt text of a pin changed."""

    pin_id: int
    owner_id: int


@dataclass(frozen=True)
class PinsMoved:
    """Pins are on another board, or in another section, now; at most 1,000 an event."""

    pin_ids: list[int]
    owner_id: int
    board_id: int


@dataclass(frozen=True)
class PinsDeleted:
    """Pins are gone; at most 1,000 an event. `board_ids`: the boards that they were on."""

    pin_ids: list[int]
    owner_id: int
    board_ids: list[int]


@dataclass(frozen=True)
class PinHidden:
    """Staff hid a pin from everybody but its owner."""

    pin_id: int
    owner_id: int


@dataclass(frozen=True)
class PinRestored:
    """Staff took back that a pin was hidden."""

    pin_id: int
    owner_id: int


@dataclass(frozen=True)
class ListingDue:
    """More pins of a board, a person or a picture may have to be listed, or no longer.

    `by`: the column that names the subject, `board_id`, `owner_id` or `picture_id`.
    """

    by: str
    subject_id: int


@dataclass(frozen=True)
class PinsTagged:
    """Pins are about more topics than before; at most 1,000 an event."""

    pin_ids: list[int]


@dataclass(frozen=True)
class TaggingDue:
    """Pins of a board beyond the id `after` may be about other topics now."""

    board_id: int
    after: int


@dataclass(frozen=True)
class RemovalDue:
    """More pins of a deleted board have to go."""

    board_id: int
    owner_id: int
