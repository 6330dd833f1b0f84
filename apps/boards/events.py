"""What happens to boards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BoardCreated:
    """A board was made."""

    board_id: int
    owner_id: int


@dataclass(frozen=True)
class BoardEdited:
    """The name or the description of a board changed."""

    board_id: int
    owner_id: int


@dataclass(frozen=True)
class BoardVisibilityChanged:
    """A board was made secret, or public. Read the board: it may have changed since."""

    board_id: int
    owner_id: int


@dataclass(frozen=True)
class BoardDeleted:
    """A board was deleted: it exists for nobody, and what is on it has to go."""

    board_id: int
    owner_id: int


@dataclass(frozen=True)
class SectionDeleted:
    """A section is deleted: what is in it stays on the board."""

    section_id: int
    board_id: int
