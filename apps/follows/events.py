"""What happens between people, and between people and boards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonFollowed:
    """A person follows another now."""

    follower_id: int
    person_id: int


@dataclass(frozen=True)
class PersonUnfollowed:
    """A person follows another no more."""

    follower_id: int
    person_id: int


@dataclass(frozen=True)
class BoardFollowed:
    """A person follows a board now."""

    follower_id: int
    board_id: int


@dataclass(frozen=True)
class BoardUnfollowed:
    """A person follows a board no more, whether or not they follow its owner."""

    follower_id: int
    board_id: int
