"""The rules of the feed, in plain Python: what happened, and who sees what of it now.

Each act is named as the service that does it, and is the same to the model as to that. What the
service refuses the model refuses by `Refused`, and changes nothing.
"""

from dataclasses import dataclass, field

NOBODY = 0  # who is logged in nowhere


class Refused(Exception):
    """What somebody may not do."""


@dataclass
class Board:
    """`about`: the topics that its texts speak of."""

    owner: int
    is_secret: bool = False
    about: frozenset[int] = frozenset()


@dataclass
class Pin:
    """`line`: the first pin of its line of saves; `picture`: what it shows; `about`: as of boards."""

    owner: int
    board: int
    picture: int
    line: int
    is_ready: bool = True
    is_hidden: bool = False
    about: frozenset[int] = frozenset()


@dataclass
class Model:
    """`follows`: of people, and of topics; `choices`: what people want of single boards; `hidden`: lines, by
    who hid them; `fewer`: people, boards and topics, by who wants to see fewer of them."""

    boards: dict[int, Board] = field(default_factory=dict)
    pins: dict[int, Pin] = field(default_factory=dict)
    follows: set[tuple[int, int]] = field(default_factory=set)
    choices: dict[tuple[int, int], bool] = field(default_factory=dict)
    blocks: set[tuple[int, int]] = field(default_factory=set)
    mutes: set[tuple[int, int]] = field(default_factory=set)
    hidden: set[tuple[int, int]] = field(default_factory=set)
    fewer: set[tuple[int, int]] = field(default_factory=set)
    suspended: set[int] = field(default_factory=set)
    leaving: set[int] = field(default_factory=set)

    # --- who sees what ---------------------------------------------------------------------------

    def sees_person(self, viewer: int, person: int) -> bool:
        is_blocked = {(viewer, person), (person, viewer)} & self.blocks
        is_away = person in self.suspended | self.leaving
        return viewer == person or not (is_away or is_blocked)

    def sees_board(self, viewer: int, board: int) -> bool:
        found = self.boards[board]
        is_open = found.owner == viewer or not found.is_secret
        return is_open and self.sees_person(viewer, found.owner)

    def sees(self, viewer: int, pin: int) -> bool:
        found = self.pins.get(pin)
        if found is None or not self.sees_board(viewer, found.board):
            return False
        return found.owner == viewer or (found.is_ready and not found.is_hidden)

    def follows_pin(self, viewer: int, pin: int) -> bool:
        found = self.pins[pin]
        of_person = (viewer, found.owner) in self.follows
        return self.choices.get((viewer, found.board), of_person)

    def wants(self, viewer: int, pin: int) -> bool:
        """Whether a pin may be in any feed of the viewer's."""
        found = self.pins.get(pin)
        if found is None or not self.sees(viewer, pin) or found.owner == viewer:
            return False
        is_muted = (viewer, found.owner) in self.mutes
        return not is_muted and (viewer, found.line) not in self.hidden

    def following_feed(self, viewer: int) -> list[int]:
        """Newest first."""
        may = (one for one in self.pins if self.wants(viewer, one))
        return sorted((one for one in may if self.follows_pin(viewer, one)), reverse=True)

    def about(self, pin: int) -> frozenset[int]:
        return self.pins[pin].about | self.boards[self.pins[pin].board].about

    def follows_topic(self, viewer: int, pin: int) -> bool:
        return any((viewer, topic) in self.follows for topic in self.about(pin))

    def has_saved(self, viewer: int, pin: int) -> bool:
        line = self.pins[pin].line
        return any((one.owner, one.line) == (viewer, line) for one in self.pins.values())

    def sees_fewer(self, viewer: int, pin: int) -> bool:
        found = self.pins[pin]
        subjects = {found.owner, found.board, *self.about(pin)}
        return any((viewer, one) in self.fewer for one in subjects)

    def offered(self, viewer: int) -> dict[str, set[int]]:
        """What the sources of `homeFeed` have in a small world, of what the viewer wants. Popular is,
        for sure, each first pin that everybody sees."""
        wanted = {one for one in self.pins if self.wants(viewer, one)}
        return {
            "followed": {one for one in wanted if self.follows_pin(viewer, one)},
            "topic": {one for one in wanted if self.follows_topic(viewer, one)},
            "popular": {
                one for one in wanted if self.pins[one].line == one and self.sees(NOBODY, one)
            },
        }

    # --- what happens ----------------------------------------------------------------------------

    def save_pin(self, owner: int, board: int, pin: int) -> int | None:
        """The pin that is there already, if there is one."""
        self._require(self.sees(owner, pin))
        line = self.pins[pin].line
        there = (one for one in sorted(self.pins) if self.pins[one].line == line)
        return next((one for one in there if self.pins[one].board == board), None)

    def delete_board(self, board: int) -> None:
        del self.boards[board]
        self.pins = {key: one for key, one in self.pins.items() if one.board != board}
        self.choices = {key: one for key, one in self.choices.items() if key[1] != board}

    def erase_person(self, person: int) -> None:
        """Nothing is left of what somebody made or wanted, or of what others wanted of them."""
        for board in [key for key, one in self.boards.items() if one.owner == person]:
            self.delete_board(board)
        for pairs in (self.follows, self.blocks, self.mutes, self.hidden, self.fewer):
            pairs -= {pair for pair in pairs if person in pair}
        self.choices = {key: one for key, one in self.choices.items() if key[0] != person}

    def follow_person(self, follower: int, person: int) -> None:
        self._require(follower != person and self.sees_person(follower, person))
        self.follows.add((follower, person))
        self._forget_choices(follower, person, {False})

    def unfollow_person(self, follower: int, person: int) -> None:
        if (follower, person) in self.follows:
            self.follows.remove((follower, person))
            self._forget_choices(follower, person, {False})

    def follow_board(self, follower: int, board: int) -> None:
        self._require(self.boards[board].owner != follower and self.sees_board(follower, board))
        self.choices[follower, board] = True

    def unfollow_board(self, follower: int, board: int) -> None:
        self._require(self.sees_board(follower, board))
        if (follower, self.boards[board].owner) in self.follows:
            self.choices[follower, board] = False
        else:
            self.choices.pop((follower, board), None)

    def block_person(self, blocker: int, blocked: int) -> None:
        if (blocker, blocked) in self.blocks:
            return
        self._require(blocker != blocked and self.sees_person(blocker, blocked))
        self.blocks.add((blocker, blocked))
        for one, other in ((blocker, blocked), (blocked, blocker)):
            self.follows.discard((one, other))
            self._forget_choices(one, other, {True, False})

    def unblock_person(self, blocker: int, blocked: int) -> None:
        self.blocks.discard((blocker, blocked))

    def mute_person(self, muter: int, muted: int) -> None:
        self._require(muter != muted and self.sees_person(muter, muted))
        self.mutes.add((muter, muted))

    def unmute_person(self, muter: int, muted: int) -> None:
        self.mutes.discard((muter, muted))

    def hide_pin(self, person: int, pin: int) -> None:
        self._require(self.sees(person, pin))
        self.hidden.add((person, self.pins[pin].line))

    def see_fewer(self, person: int, subject: int) -> None:
        board = self.boards.get(subject)
        sees = self.sees_board if board else self.sees_person
        owner = board.owner if board else subject
        self._require(person != owner and sees(person, subject))
        self.fewer.add((person, subject))

    def _forget_choices(self, follower: int, person: int, which: set[bool]) -> None:
        for (who, board), choice in list(self.choices.items()):
            if (who, self.boards[board].owner) == (follower, person) and choice in which:
                del self.choices[who, board]

    @staticmethod
    def _require(is_allowed: bool) -> None:
        if not is_allowed:
            raise Refused
