"""Who and what goes in a random history (`tests.feed.test_oracle`), for a while or for good."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from apps.boards.services import delete_board
from apps.users.services import (
    cancel_account_deletion,
    erase_person,
    request_account_deletion,
    restore_person,
    suspend_person,
)
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory
from tests.feed.acts import place
from tests.feed.looks import BOARDS_EACH, PEOPLE, World
from tests.feed.model import Board, Model

# Anybody but Ada, whose feed is looked at.
other = st.one_of(st.just(1), st.integers(1, PEOPLE - 1))


class Leaving:
    """Rules of a state machine: each acts by the service, and tells the model. In the place of who or what
    is gone for good there is another."""

    world: World
    model: Model

    @rule(at=place)
    def delete_board(self, at):
        board = self._pick(self.boards, at)
        delete_board(actor_id=board.owner_id, board_id=board.pk)
        self.model.delete_board(board.pk)
        self._new_board(self.boards.index(board), board.owner_id)
        self._look()

    @rule(
        who=other,
        by_staff=st.booleans(),
        times=st.sampled_from([1, 2, 2]),
        is_built=st.sampled_from([True, True, False]),
    )
    def go_or_come_back(self, who, by_staff, times, is_built):
        """Once, or to and fro; timelines may be built meanwhile."""
        for number in range(times):
            if is_built and number > 0:
                self._build_anew()
            (self._suspend_or_restore if by_staff else self._leave_or_stay)(self.people[who])
        self._look()

    def _suspend_or_restore(self, person):
        act = restore_person if person in self.model.suspended else suspend_person
        act(actor_id=self.world.staff, user_id=person, reason="a test")
        self.model.suspended ^= {person}

    def _leave_or_stay(self, person):
        is_leaving = person in self.model.leaving
        (cancel_account_deletion if is_leaving else request_account_deletion)(actor_id=person)
        self.model.leaving ^= {person}

    @rule(who=other)
    def erase(self, who):
        """Somebody's account, as beat does it when they have had a while to think again."""
        person = self.people[who]
        request_account_deletion(actor_id=person)
        assert erase_person(user_id=person)
        self.model.erase_person(person)
        self.people[who] = UserFactory().pk
        for number in range(BOARDS_EACH):
            self._new_board(who * BOARDS_EACH + number, self.people[who])
        self._look()

    def _new_board(self, at, owner):
        self.boards[at] = board = BoardFactory(owner_id=owner, name="Plain")
        self.model.boards[board.pk] = Board(owner)
