"""Random histories through the real services, with deliveries late, lost, doubled and in any order: the
feeds are those of a plain model (`tests.feed.model`).

After each step a feed shows nothing that the model forbids, whatever is on its way. After each quiet
point it is the model's, in order, and so is what is built anew. `make fuzz` draws more of them.
"""

import os
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django_redis import get_redis_connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.boards.services import update_board
from apps.feed import authors, fanout, scrolls, store, timelines
from apps.feed.selectors import ranked
from apps.feed.services import hide_pin, unhide_pin
from apps.feed.sources.followed import Followed
from apps.follows.services import follow_board, follow_person, unfollow_board, unfollow_person
from apps.media.events import PictureReady
from apps.media.models import Picture, PictureState
from apps.pins import services as pins
from apps.users.services import (
    block_person,
    mute_person,
    restore_person,
    suspend_person,
    unblock_person,
    unmute_person,
)
from pinboard.errors import Invalid, NotFound
from pinboard.events import outbox
from pinboard.events.models import Delivery
from pinboard.events.outbox import publish
from pinboard.events.registry import decode, subscription
from tests.factories.media import UploadFactory
from tests.feed.looks import ADA, BOARDS_EACH, PEOPLE, Looks, World
from tests.feed.model import Board, Model, Pin, Refused

CASES = int(os.environ.get("FUZZ_CASES", "3000")) // 100
STEPS = 30
index = st.integers(0, 1_000)
person = st.integers(0, PEOPLE - 1)
# Half of what is done is done by Ada, whose feed is looked at most, or to one person or a board of theirs:
# what goes wrong goes wrong by several acts on the same.
actor = st.one_of(st.just(ADA), person)
target = st.one_of(st.just(1), person)
place = st.one_of(st.just(BOARDS_EACH), index)
REFUSALS = (NotFound, Invalid)


class Feeds(Looks, RuleBasedStateMachine):
    """What happens in the world. A history is a transaction that is taken back."""

    transaction = None

    @initialize(
        limit=st.sampled_from([100, 100, 100, 1, 2]),
        step=st.sampled_from([1, 1, 2, 100]),
        late=st.sampled_from([timedelta(0), timedelta(seconds=30)]),
        start=st.booleans(),
    )
    def begin(self, limit, step, late, start):
        atomic = transaction.atomic()
        atomic.__enter__()
        self.transaction = atomic
        get_redis_connection("default").flushdb()
        authors.everybody.cache_clear()
        store._LATE, fanout.STEP = late, step
        self.set_limit(limit)
        self.people, self.boards = self.world.people, self.world.boards
        self.model = Model({board.pk: Board(board.owner_id) for board in self.boards})
        self.scroll = None
        for other in range(1, PEOPLE):
            self.follow_person(ADA, other)
            self.create(other * BOARDS_EACH, is_ready=True)
        if start:
            self._quiet(reverse=False)

    # --- what people do --------------------------------------------------------------------------

    @rule(at=place, is_ready=st.sampled_from([True, True, False]))
    def create(self, at, is_ready):
        board = self._pick(self.boards, at)
        state = PictureState.READY if is_ready else PictureState.PROCESSING
        picture = UploadFactory(owner=board.owner, picture__state=state).picture_id
        pin = pins.create_pin(owner_id=board.owner_id, board_id=board.pk, picture_id=picture)
        self.model.pins[pin] = Pin(board.owner_id, board.pk, picture, pin, is_ready)

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
                copy = Pin(board.owner_id, board.pk, first.picture, first.line, first.is_ready)
                self.model.pins[saved] = copy

    @precondition(lambda self: self.model.pins)
    @rule(which=index, at=st.integers(0, BOARDS_EACH - 1))
    def move(self, which, at):
        pin = self._pin(which)
        owner = self.model.pins[pin].owner
        board = [one.pk for one in self.boards if one.owner_id == owner][at]
        pins.move_pins(actor_id=owner, pin_ids=[pin], board_id=board)
        self.model.move_pin(pin, board)
        self._look()

    @precondition(lambda self: self.model.pins)
    @rule(which=index)
    def delete(self, which):
        pin = self._pin(which)
        pins.delete_pin(actor_id=self.model.pins[pin].owner, pin_id=pin)
        self.model.delete_pin(pin)
        self._look()

    @rule(
        at=place,
        times=st.sampled_from([1, 2, 3]),
        is_prompt=st.sampled_from([True, True, False]),
    )
    def show_or_hide_board(self, at, times, is_prompt):
        """Once, or to and fro."""
        board = self._pick(self.boards, at)
        known = self.model.boards[board.pk]
        for _ in range(times):
            known.is_secret = not known.is_secret
            update_board(actor_id=board.owner_id, board_id=board.pk, is_secret=known.is_secret)
            if is_prompt:
                # What comes of it is on its way at once, and may be late.
                of_it = Delivery.objects.filter(subscriber="feed.follow_visibility")
                assert outbox.deliver(of_it.latest("pk").pk)
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
            self.model.unhide_line(who, line)

    # --- what staff and machines do --------------------------------------------------------------

    @rule(other=st.one_of(st.just(1), st.integers(1, PEOPLE - 1)), is_made=st.booleans())
    def suspend_or_restore(self, other, is_made):
        act = suspend_person if is_made else restore_person
        who = self.people[other]
        act(actor_id=self.world.staff, user_id=who, reason="a test")
        (self.model.suspended.add if is_made else self.model.suspended.discard)(who)
        self._look()

    @precondition(lambda self: self.model.pins)
    @rule(which=index, is_made=st.booleans())
    def hide_or_restore_pin(self, which, is_made):
        pin = self._pin(which)
        act = pins.hide_pin if is_made else pins.restore_pin
        act(actor_id=self.world.staff, pin_id=pin, reason="a test")
        self.model.pins[pin].is_hidden = is_made
        self._look()

    @precondition(lambda self: any(not pin.is_ready for pin in self.model.pins.values()))
    @rule(which=index)
    def finish_picture(self, which):
        waiting = sorted({pin.picture for pin in self.model.pins.values() if not pin.is_ready})
        picture = self._pick(waiting, which)
        Picture.objects.filter(pk=picture).update(state=PictureState.READY)
        publish(PictureReady(picture))
        for pin in self.model.pins.values():
            pin.is_ready |= pin.picture == picture
        self._look()

    @rule(limit=st.sampled_from([1, 2, 100]))
    def set_limit(self, limit):
        """From how many followers on authors are large; it tells at their next pin."""
        django_settings.FEED_PUSH_MAX_FOLLOWERS = limit

    @rule()
    def flush(self):
        get_redis_connection("default").flushdb()
        self.scroll = None
        self._look()

    # --- what becomes of deliveries --------------------------------------------------------------

    @rule(which=index, how=st.sampled_from(["once", "together", "twice", "killed"]))
    def deliver(self, which, how):
        """One of those that wait, in whatever order: to its end, with all others of its handler, without
        its end being noted, or with its worker killed when all but the commit was done."""
        waiting = self._waiting()
        if waiting:
            delivery = self._pick(waiting, which)
            if how == "once":
                assert outbox.deliver(delivery)
            elif how == "together":
                of = Delivery.objects.get(pk=delivery).subscriber
                some = Delivery.objects.filter(subscriber=of).values_list("pk", flat=True)
                most = subscription(of).most or 1
                assert outbox.deliver(*list(some)[:most])
            else:
                with transaction.atomic():
                    found = Delivery.objects.select_related("event").get(pk=delivery)
                    wanted = subscription(found.subscriber)
                    wanted.handle([decode(wanted.event, found.event.payload)])
                    transaction.set_rollback(how == "killed")
        self._look()

    @rule(reverse=st.booleans(), is_anew=st.booleans())
    def rest(self, reverse, is_anew):
        """A quiet point: nothing waits."""
        self._quiet(reverse)
        if is_anew:
            for who in self.people:
                timelines.rebuild(who)
            self._compare()

    @rule()
    def scroll_on(self):
        """The next page of a scroll that has begun, or the beginning of one."""
        self._scroll_on()

    def teardown(self):
        # A history may end before it has begun, and what is outside of it must not be taken back then.
        if self.transaction is None:
            return
        try:
            # An error on its way is what is to be told.
            if sys.exc_info()[1] is None:
                self._quiet(reverse=True)
        finally:
            connection.run_on_commit = []
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- how ---------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("part", range(3))
def test_the_feeds_are_those_of_a_plain_model(db, monkeypatch, settings, part):
    """In parts, for as many processes."""
    settings.RATE_LIMIT_POINTS = settings.RATE_LIMIT_REFILL = 10**9
    settings.FEED_PUSH_MAX_FOLLOWERS = 100
    for module, name in ((store, "_LATE"), (fanout, "STEP")):  # histories set them
        monkeypatch.setattr(module, name, getattr(module, name))
    # Each look begins a scroll.
    monkeypatch.setattr(scrolls, "AT_ONCE", 1_000)
    # What is popular is everything here, and would hide that something is missing.
    monkeypatch.setattr(ranked, "SOURCES", (Followed(),))
    monkeypatch.setattr(Feeds, "world", World(), raising=False)
    run_state_machine_as_test(Feeds, settings=_settings(CASES))


def _settings(cases):
    return settings(
        max_examples=cases,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
