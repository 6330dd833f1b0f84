"""What happens between people, and between people and boards or topics."""

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


@dataclass(frozen=True)
class TopicFollowed:
    """A person follows a topic now."""

    follower_id: int
    topic_id: int


@dataclass(frozen=True)
class TopicUnfollowed:
    """A person follows a topic no more."""

    follower_id: int
    topic_id: int


@dataclass(frozen=True)
class ForgettingDue:
    """More follows of and by an erased person have to go."""

    person_id: int
