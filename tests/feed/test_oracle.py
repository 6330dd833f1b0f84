"""Random histories through the real services, with deliveries late, lost, doubled and in any order: the
feeds are those of a plain model (`tests.feed.model`).

After each step a feed shows nothing that the model forbids, whatever is on its way. After each quiet
point the following feed is the model's, in order, the home feed is what the model's sources offer, and
so is what is built anew. `make fuzz` draws more of them.

A history has the first, the first two or all three of the sources: what is popular is nearly everything in a
small world, and would hide that something is missing. Of what is popular first pins have to be there; which
saves are goes by scores, and is told in `tests.feed.test_popular_model`. Of saves, as of all else, nothing
is shown that the model forbids.
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

from apps.feed import authors, fanout, scrolls, store, tasks, timelines
from apps.feed.selectors import ranked
from apps.feed.services import audits
from apps.feed.sources import popular, topics
from apps.follows.models import BoardFollow
from apps.follows.services import end_board_follow
from apps.media.events import PictureReady
from apps.media.models import Picture, PictureState
from apps.pins import services as pins
from pinboard.events import outbox
from pinboard.events.models import Delivery
from pinboard.events.outbox import publish
from pinboard.events.registry import decode, subscription
from tests.feed.acts import Acts, index
from tests.feed.leaving import Leaving
from tests.feed.looks import ADA, BOARDS_EACH, EVERYBODY, PEOPLE, SOURCES, Looks, World
from tests.feed.model import Board, Model

CASES = int(os.environ.get("FUZZ_CASES", "2000")) // 100
STEPS = 30


class Feeds(Acts, Leaving, Looks, RuleBasedStateMachine):
    """What happens in the world. A history is a transaction that is taken back."""

    transaction = None

    @initialize(
        limit=st.sampled_from([100, 100, 100, 1, 2]),
        step=st.sampled_from([1, 1, 2, 100]),
        late=st.sampled_from([timedelta(0), timedelta(seconds=30)]),
        sources=st.sampled_from([1, 2, 3]),
        followed=st.sampled_from([1, PEOPLE - 1, PEOPLE - 1]),
        says=st.sampled_from(["", "Bread"]),
        start=st.booleans(),
    )
    def begin(self, limit, step, late, sources, followed, says, start):
        atomic = transaction.atomic()
        atomic.__enter__()
        self.transaction = atomic
        get_redis_connection("default").flushdb()
        authors.everybody.cache_clear()
        popular.at_hand.cache_clear()
        topics.forget_newest()
        self.sources = list(SOURCES)[:sources]
        ranked.SOURCES = [SOURCES[name] for name in self.sources]
        store._LATE, fanout.STEP = late, step
        self.set_limit(limit)
        self.people, self.boards = list(self.world.people), list(self.world.boards)
        self.model = Model({board.pk: Board(board.owner_id) for board in self.boards})
        self.scroll = None
        for other in range(1, PEOPLE):
            if other <= followed:
                self.follow_person(ADA, other)
            self.create(other * BOARDS_EACH, is_ready=True, says=says, count=1)
        self.follow_or_unfollow_topic(ADA, 0, is_made=True)
        if start:
            self._quiet(reverse=False)

    # --- what staff and machines do --------------------------------------------------------------

    @precondition(lambda self: self.model.pins)
    @rule(which=index, is_made=st.booleans())
    def hide_or_restore_pin(self, which, is_made):
        pin = self._pin(which)
        act = pins.hide_pin if is_made else pins.restore_pin
        act(actor_id=self.world.staff, pin_id=pin, reason="a test")
        self.model.pins[pin].is_hidden = is_made
        self._look()

    @precondition(lambda self: self.model.choices)
    @rule(which=index, is_built=st.booleans())
    def end_board_follow(self, which, is_built):
        """What somebody chose for a board is forgotten; their timeline may have been built since."""
        if is_built:
            self._build_anew()
        who, board = self._pick(sorted(self.model.choices), which)
        choice = BoardFollow.objects.get(follower_id=who, board_id=board)
        end_board_follow(actor_id=self.world.staff, follow_id=choice.pk, reason="a test")
        del self.model.choices[who, board]
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
        popular.at_hand.cache_clear()
        self.scroll = None
        self._look()

    @rule(whose=index, which=index, is_lost=st.booleans())
    def spoil_a_timeline(self, whose, which, is_lost):
        """An entry is gone from Valkey, or one is there that nobody put there: the audit counts it, and
        mends it. Until then nothing was missing."""
        self._quiet(reverse=False)
        missing, _ = self._audit()
        assert missing == 0
        someone = self._pick(store.sample(EVERYBODY), whose)
        before = set(timelines.timeline_of(someone))
        if some := sorted(before if is_lost else set(self.model.pins) - before):
            (store.remove if is_lost else store.add)([someone], [self._pick(some, which)])
        after = set(timelines.timeline_of(someone))
        assert self._audit() == (len(before - after), len(after - before))
        self._compare()

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
                    wanted.handle(decode(wanted.event, [found.event.payload]))
                    transaction.set_rollback(how == "killed")
        self._look()

    @rule(which=index)
    def lose_delivery(self, which):
        """For good: the audit mends what comes of it."""
        to_feed = Delivery.objects.filter(subscriber__startswith="feed.").order_by("pk")
        if to_feed:
            self._pick(to_feed, which).delete()
            self.has_lost = True

    @rule(reverse=st.booleans(), is_anew=st.booleans())
    def rest(self, reverse, is_anew):
        """A quiet point: nothing waits."""
        self._quiet(reverse)
        if is_anew:
            self._build_anew()
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


@pytest.mark.parametrize("part", range(3))
def test_the_feeds_are_those_of_a_plain_model(db, monkeypatch, settings, part):
    """In parts, for as many processes."""
    settings.RATE_LIMIT_POINTS = settings.RATE_LIMIT_REFILL = 10**9
    settings.FEED_PUSH_MAX_FOLLOWERS = 100
    settings.DELETION_GRACE = timedelta(0)
    # Histories set them.
    for module, name in ((store, "_LATE"), (fanout, "STEP"), (ranked, "SOURCES")):
        monkeypatch.setattr(module, name, getattr(module, name))
    # Each look begins a scroll.
    monkeypatch.setattr(scrolls, "AT_ONCE", EVERYBODY)
    # A history may have more pins than a ranking takes of a topic.
    monkeypatch.setattr(topics, "NEWEST", topics.COUNT)
    # Beat audits all timelines that there are, and all that is in them.
    monkeypatch.setattr(tasks, "SAMPLE", EVERYBODY)
    monkeypatch.setattr(tasks, "TOPICS", 0)
    monkeypatch.setattr(audits, "SETTLED", timedelta(0))
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
