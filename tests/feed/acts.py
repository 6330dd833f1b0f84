"""What people do in a random history (`tests.feed.test_oracle`), for real and to the model."""

from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from apps.boards.services import update_board
from apps.feed.services import hide_pin, see_fewer, undo_see_fewer, unhide_pin
from apps.follows.services import (
    follow_board,
    follow_person,
    follow_topic,
    unfollow_board,
    unfollow_person,
    unfollow_topic,
)
from apps.media.models import PictureState
from apps.pins import services as pins
from apps.users.services import block_person, mute_person, unblock_person, unmute_person
from pinboard.errors import Invalid, NotFound
from pinboard.events import outbox
from pinboard.events.models import Delivery
from tests.factories.media import UploadFactory
from tests.feed.looks import ADA, BOARDS_EACH, PEOPLE, WORDS, World
from tests.feed.model import Model, Pin, Refused

index = st.integers(0, 1_000)
person = st.integers(0, PEOPLE - 1)
# Half of what is done is done by Ada, whose feed is looked at most, or to one person or a board of theirs:
# what goes wrong goes wrong by several acts on the same.
actor = st.one_of(st.just(ADA), person)
target = st.one_of(st.just(1), person)
place = st.one_of(st.just(BOARDS_EACH), index)
# Of pins and boards, some of which are about nothing.
words = st.sampled_from(["", *WORDS])
REFUSALS = (NotFound, Invalid)


class Acts:
    """Rules of a state machine: each acts by the service, and tells the model."""

    world: World
    model: Model

    @rule(
        at=place,
        is_ready=st.sampled_from([True, True, False]),
        says=words,
        count=st.sampled_from([1, 1, 1, 3]),
    )
    def create(self, at, is_ready, says, count):
        for _ in range(count):
            self._create(self._pick(self.boards, at), is_ready, says)

    def _create(self, board, is_ready, says):
        state = PictureState.READY if is_ready else PictureState.PROCESSING
        picture = UploadFactory(owner=board.owner, picture__state=state).picture_id
        pin = pins.create_pin(
            owner_id=board.owner_id, board_id=board.pk, picture_id=picture, title=says
        )
        about = self.world.about[says]
        self.model.pins[pin] = Pin(board.owner_id, board.pk, picture, pin, is_ready, about=about)

    @precondition(lambda self: self.model.pins)
    @rule(which=index, at=index)
    def save(self, which, at):
        pin, board = self._pin(which), self._pick(self.boards, at)
        found = self._do(
            lambda: self.model.save_pin(board.owner_id, board.pk, pin),
            lambda: pins.save_pin(owner_id=board.owner_id, board_id=board.pk, pin_id=pin),
        )
        if found is not None:
            there, saved = found
            assert there in (None, saved)
            if there is None:
                first = self.model.pins[pin]
                self.model.pins[saved] = replace(
                    first, owner=board.owner_id, board=board.pk, is_hidden=False
                )

    @precondition(lambda self: self.model.pins)
    @rule(which=index, at=st.integers(0, BOARDS_EACH - 1))
    def move(self, which, at):
        pin = self._pin(which)
        owner = self.model.pins[pin].owner
        board = [one.pk for one in self.boards if one.owner_id == owner][at]
        pins.move_pins(actor_id=owner, pin_ids=[pin], board_id=board)
        self.model.pins[pin].board = board
        self._look()

    @precondition(lambda self: self.model.pins)
    @rule(which=index)
    def delete(self, which):
        pin = self._pin(which)
        pins.delete_pin(actor_id=self.model.pins[pin].owner, pin_id=pin)
        del self.model.pins[pin]
        self._look()

    @precondition(lambda self: self.model.pins)
    @rule(which=index, says=words)
    def say_of_pin(self, which, says):
        """Other words, which may be about other topics."""
        pin = self._pin(which)
        pins.update_pin(actor_id=self.model.pins[pin].owner, pin_id=pin, title=says)
        self.model.pins[pin].about = self.world.about[says]
        self._look()

    @rule(at=place, says=words)
    def say_of_board(self, at, says):
        """The same of a board, and so of all that is on it."""
        board = self._pick(self.boards, at)
        update_board(actor_id=board.owner_id, board_id=board.pk, description=says)
        self.model.boards[board.pk].about = self.world.about[says]
        self._look()

    @rule(
        at=place,
        times=st.sampled_from([1, 2, 3]),
        is_prompt=st.sampled_from([True, True, False]),
        is_built=st.sampled_from([True, False, False]),
    )
    def show_or_hide_board(self, at, times, is_prompt, is_built):
        """Once, or to and fro; timelines may be built meanwhile."""
        board = self._pick(self.boards, at)
        known = self.model.boards[board.pk]
        for _ in range(times):
            known.is_secret = not known.is_secret
            update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=known.is_secret)
            if is_prompt:
                # What comes of it is on its way at once, and may be late.
                of_it = Delivery.objects.filter(subscriber="feed.follow_visibility")
                assert outbox.deliver(of_it.latest("pk").pk)
            if is_built:
                self._build_anew()
        self._look()

    @rule(one=actor, other=target)
    def follow_person(self, one, other):
        self._between("follow_person", follow_person, one, other, ("follower_id", "person_id"))

    @rule(one=actor, other=target)
    def unfollow_person(self, one, other):
        self._between("unfollow_person", unfollow_person, one, other, ("follower_id", "person_id"))

    @rule(one=actor, at=place)
    def follow_board(self, one, at):
        self._of_board("follow_board", follow_board, one, at)

    @rule(one=actor, at=place)
    def unfollow_board(self, one, at):
        self._of_board("unfollow_board", unfollow_board, one, at)

    @rule(one=actor, which=index, is_made=st.sampled_from([True, True, False]))
    def follow_or_unfollow_topic(self, one, which, is_made):
        who, topic = self.people[one], self._pick(self.world.topics, which)
        (follow_topic if is_made else unfollow_topic)(follower_id=who, topic_id=topic)
        (self.model.follows.add if is_made else self.model.follows.discard)((who, topic))
        self._look()

    @rule(one=actor, other=target, is_made=st.booleans(), is_mute=st.booleans())
    def block_or_mute(self, one, other, is_made, is_mute):
        if is_mute:
            name, act = (
                ("mute_person", mute_person) if is_made else ("unmute_person", unmute_person)
            )
            self._between(name, act, one, other, ("muter_id", "muted_id"))
        else:
            name, act = (
                ("block_person", block_person) if is_made else ("unblock_person", unblock_person)
            )
            self._between(name, act, one, other, ("blocker_id", "blocked_id"))

    @precondition(lambda self: self.model.pins)
    @rule(one=actor, which=index)
    def hide(self, one, which):
        who, pin = self.people[one], self._pin(which)
        self._do(
            lambda: self.model.hide_pin(who, pin),
            lambda: hide_pin(person_id=who, pin_id=pin),
        )
        self._look()

    @precondition(lambda self: self.model.hidden)
    @rule(which=index)
    def unhide(self, which):
        who, line = self._pick(sorted(self.model.hidden), which)
        of_line = [one for one, pin in self.model.pins.items() if pin.line == line]
        seen = [one for one in of_line if self.model.sees(who, one)]
        if seen:
            unhide_pin(person_id=who, pin_id=self._pick(seen, which))
            self.model.hidden.remove((who, line))

    @rule(one=actor, which=index)
    def see_fewer(self, one, which):
        """Of a person, a board or a topic."""
        who = self.people[one]
        subjects = [*self.people, *self.model.boards, *self.world.topics]
        subject = self._pick(subjects, which)
        self._do(
            lambda: self.model.see_fewer(who, subject),
            lambda: see_fewer(person_id=who, subject_id=subject),
        )

    @precondition(lambda self: self.model.fewer)
    @rule(which=index)
    def undo_see_fewer(self, which):
        who, subject = self._pick(sorted(self.model.fewer), which)
        undo_see_fewer(person_id=who, subject_id=subject)
        self.model.fewer.remove((who, subject))

    def _between(self, name, act, one, other, names):
        ids = (self.people[one], self.people[other])
        self._do(
            lambda: getattr(self.model, name)(*ids),
            lambda: act(**dict(zip(names, ids, strict=True))),
        )
        self._look()

    def _of_board(self, name, act, one, at):
        who, board = self.people[one], self._pick(self.boards, at).pk
        self._do(
            lambda: getattr(self.model, name)(who, board),
            lambda: act(follower_id=who, board_id=board),
        )
        self._look()

    def _do(self, modelled, real):
        """An act, to the model and for real: both refuse it, or neither. What each of them gave."""
        try:
            expected = modelled()
        except Refused:
            with pytest.raises(REFUSALS), transaction.atomic():
                real()
            return None
        return expected, real()

    def _pin(self, number):
        return self._pick(sorted(self.model.pins), number)

    @staticmethod
    def _pick(some, number):
        return some[number % len(some)]
