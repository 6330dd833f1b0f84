"""Activity against a plain model of what has to come of it, whatever happens to workers and to Valkey."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django_redis import get_redis_connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.boards.services import update_board
from apps.feed import activity
from apps.feed.counting import IMPRESSIONS
from apps.feed.models import Closeness, Seen
from apps.feed.seen import seen_lately
from apps.feed.services import intake, report_activity
from pinboard.cache import keys
from pinboard.counters.counts import totals
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.feed.streams import waiting

PEOPLE, STREAMS, MAX_SEEN, BATCH = 3, 2, 4, 3
person = st.integers(0, PEOPLE - 1)
some = st.lists(st.integers(0, 8), max_size=5)


@dataclass
class Person:
    """What the model knows of somebody. `near`: what Valkey knows that they saw."""

    lines: list[int] = field(default_factory=list)
    near: set[int] = field(default_factory=set)
    is_complete: bool = False


class Activity(RuleBasedStateMachine):
    """Reports and intakes; afterwards every report counts once, or not at all where Valkey lost it."""

    @initialize()
    def begin(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        get_redis_connection("default").flushdb()
        self.boards = [BoardFactory() for _ in range(PEOPLE)]
        self.ids = [board.owner_id for board in self.boards]
        firsts = [make_pin(board) for board in self.boards]
        copies = [make_save(pin, self.boards[n - 1]) for n, pin in enumerate(firsts)]
        self.pins = [*firsts, *copies, *(make_pin(board) for board in self.boards)]
        self.secret: set[int] = set()
        self.people = [Person() for _ in range(PEOPLE)]
        self.waiting = defaultdict(list)
        self.impressions, self.opens = Counter(), Counter()

    def teardown(self):
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- what may happen -------------------------------------------------------------------------

    @rule(who=person, seen=some, opened=some)
    def report(self, who, seen, opened):
        ids = [[self.pins[n].pk for n in one] for one in (seen, opened)]
        report_activity(person_id=self.ids[who], impressions=ids[0], opens=ids[1])
        if seen or opened:
            self.waiting[activity.partition_of(self.ids[who])].append((who, seen, opened))
            self.people[who].near.update(*ids)

    @rule(stream=st.integers(0, STREAMS - 1))
    def poison(self, stream):
        get_redis_connection("default").xadd(keys.activity(stream), {"p": "poison"})
        self.waiting[stream].append(None)

    @rule()
    def take_in(self):
        while streams := waiting():
            for stream in streams:
                intake.take_in(stream)
        for stream in range(STREAMS):
            self._take(stream, len(self.waiting[stream]), noted=True)

    @rule(stream=st.integers(0, STREAMS - 1))
    def die_before_letting_go(self, stream):
        intake.count_oldest(stream)
        self._take(stream, BATCH, noted=False)

    @rule(stream=st.integers(0, STREAMS - 1))
    def die_before_the_end(self, stream):
        with transaction.atomic():
            intake.count_oldest(stream)
            transaction.set_rollback(True)

    @rule()
    def lose_valkey(self):
        get_redis_connection("default").flushdb()
        time.sleep(0.002)  # the ids of entries begin anew within a millisecond
        self.waiting.clear()
        for one in self.people:
            one.near, one.is_complete = set(), False

    @rule(who=person)
    def turn_secret_or_public(self, who):
        self.secret ^= {who}
        update_board(
            actor_id=self.ids[who], board_id=self.boards[who].pk, is_secret=who in self.secret
        )

    @rule(who=person)
    def look(self, who):
        one = self.people[who]
        if not one.is_complete:
            one.near.update(one.lines)
            one.is_complete = True
        assert set(seen_lately(self.ids[who]).tolist()) == one.near

    # --- what has to come of it ------------------------------------------------------------------

    def _take(self, stream, count, *, noted):
        taken, self.waiting[stream] = self.waiting[stream][:count], self.waiting[stream][count:]
        for who, seen, opened in filter(None, taken):
            for n in [*dict.fromkeys(seen), *dict.fromkeys(opened)]:
                self._see(who, self.pins[n], noted=noted)
            for n in set(opened):
                if self._is_for(who, self.pins[n]):
                    self.opens[self.ids[who], self.pins[n].owner_id] += 1

    def _see(self, who, pin, *, noted):
        if not self._is_for(who, pin):
            return
        line, one = pin.root_id or pin.pk, self.people[who]
        if line in one.lines:
            one.lines.remove(line)
        else:
            self.impressions[line] += 1
        one.lines = [*one.lines, line][-MAX_SEEN:]
        if noted and line != pin.pk:
            one.near.add(line)

    def _is_for(self, who, pin):
        owner = self.ids.index(pin.owner_id)
        return owner != who and owner not in self.secret

    @invariant()
    def everything_is_counted_once(self):
        if not hasattr(self, "people"):
            return
        lines = [pin.pk for pin in self.pins]
        counted = dict(zip(lines, totals(IMPRESSIONS, lines).get(), strict=True))
        assert Counter(counted) == self.impressions
        found = Closeness.objects.values_list("person_id", "author_id", "opens")
        assert {(one, other): opens for one, other, opens in found} == self.opens
        kept = dict(Seen.objects.values_list("person_id", "lines"))
        for id, one in zip(self.ids, self.people, strict=True):
            assert kept.get(id, []) == one.lines


@pytest.mark.django_db
def test_reports_count_once_whatever_happens(monkeypatch):
    monkeypatch.setattr(intake, "MAX_SEEN", MAX_SEEN)
    monkeypatch.setattr(intake, "BATCH", BATCH)
    monkeypatch.setattr(activity, "partition_of", lambda person_id: person_id >> 12 & 1)
    run_state_machine_as_test(
        Activity,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
