"""The counters against a plain model of what is where, whatever happens and in whatever order."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.boards.models import Board
from apps.boards.services import delete_board, update_board
from apps.media.events import PictureReady
from apps.media.models import Picture, PictureState
from apps.pins import selectors, services
from apps.pins.counting import ALL, LISTED, SAVES
from apps.pins.models import Pin
from apps.pins.services import holding
from apps.users.models import User
from apps.users.services import restore_person, suspend_person
from pinboard.counters.counts import totals
from pinboard.counters.models import Counter as Counted
from pinboard.errors import NotFound
from pinboard.events import outbox
from pinboard.events.models import Delivery, Event
from pinboard.events.registry import decode, subscriptions
from tests.effort import assert_in_proportion
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.crowds import make_crowd
from tests.factories.media import UploadFactory
from tests.factories.users import UserFactory

PEOPLE, BOARDS_EACH = 3, 2
WORLD = ("staff", "people", "places", "pins", "suspended", "unready")
index = st.integers(0, 1_000)


@dataclass
class Place:
    """A board as the model knows it."""

    id: int
    owner: int
    section: int
    is_secret: bool = False
    is_deleted: bool = False


@dataclass
class Known:
    """A pin as the model knows it."""

    id: int
    place: Place
    section: int | None
    picture: int
    root: int | None
    is_hidden: bool = False

    @property
    def line(self) -> int:
        return self.root or self.id


class Counting(RuleBasedStateMachine):
    """Writes and deliveries, late, twice and in any order; after all of them the counters are right."""

    world: dict[str, Any]

    @initialize()
    def begin(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        vars(self).update(deepcopy(self.world))

    def make_world(self):
        """What each history begins with; it is made once, and a history is taken back."""
        self.staff = UserFactory(is_staff=True).pk
        self.suspended: set[int] = set()
        self.unready: set[int] = set()
        self.pins: list[Known] = []
        self.people = [UserFactory().pk for _ in range(PEOPLE)]
        self.places = []
        for owner in self.people:
            for _ in range(BOARDS_EACH):
                section = SectionFactory(board=BoardFactory(owner=User(pk=owner)))
                self.places.append(Place(section.board_id, owner, section.pk))
        for at in range(len(self.places)):
            self.create(at, in_section=at % 2 == 0, is_ready=True)
            self.save(at, at + 1, in_section=at % 2 == 1)
        return {name: getattr(self, name) for name in WORLD}

    # --- what may happen -------------------------------------------------------------------------

    @rule(at=index, in_section=st.booleans(), is_ready=st.booleans())
    def create(self, at, in_section, is_ready):
        place = self._pick(self.places, at)
        state = PictureState.READY if is_ready else PictureState.PROCESSING
        picture = UploadFactory(owner=User(pk=place.owner), picture__state=state).picture_id
        section = place.section if in_section else None
        arguments = {
            "owner_id": place.owner,
            "board_id": place.id,
            "section_id": section,
            "picture_id": picture,
        }
        if place.is_deleted:
            with pytest.raises(NotFound):
                services.create_pin(**arguments)
            return
        if not is_ready:
            self.unready.add(picture)
        self.pins.append(
            Known(services.create_pin(**arguments), place, section, picture, root=None)
        )

    @precondition(lambda self: self.pins)
    @rule(which=index, at=index, in_section=st.booleans())
    def save(self, which, at, in_section):
        original, place = self._pick(self.pins, which), self._pick(self.places, at)
        section = place.section if in_section else None
        arguments = {
            "owner_id": place.owner,
            "board_id": place.id,
            "section_id": section,
            "pin_id": original.id,
        }
        if place.is_deleted or not self._sees(place.owner, original):
            with pytest.raises(NotFound):
                services.save_pin(**arguments)
            return
        saved = services.save_pin(**arguments)
        there = {
            pin.id
            for pin in self.pins
            if (pin.place, pin.section, pin.line) == (place, section, original.line)
        }
        if there:
            assert saved in there
        else:
            self.pins.append(Known(saved, place, section, original.picture, original.line))

    @precondition(lambda self: self.pins)
    @rule(some=st.lists(index, min_size=1, max_size=4), at=index, in_section=st.booleans())
    def move(self, some, at, in_section):
        pins = self._of_one_owner(some)
        places = [p for p in self.places if p.owner == pins[0].place.owner and not p.is_deleted]
        if not places or any(pin.place.is_deleted for pin in pins):
            return
        place = self._pick(places, at)
        section = place.section if in_section else None
        services.move_pins(
            actor_id=place.owner,
            pin_ids=[pin.id for pin in pins],
            board_id=place.id,
            section_id=section,
        )
        for pin in pins:
            pin.place, pin.section = place, section

    @precondition(lambda self: self.pins)
    @rule(some=st.lists(index, min_size=1, max_size=4))
    def delete(self, some):
        pins = self._of_one_owner(some)
        if any(pin.place.is_deleted for pin in pins):
            return
        services.delete_pins(actor_id=pins[0].place.owner, pin_ids=[pin.id for pin in pins])
        self.pins = [pin for pin in self.pins if pin not in pins]

    @rule(at=index)
    def flip(self, at):
        place = self._pick(self.places, at)
        if not place.is_deleted:
            place.is_secret = not place.is_secret
            update_board(actor_id=place.owner, board_id=place.id, is_secret=place.is_secret)

    @rule(at=index)
    def delete_place(self, at):
        place = self._pick(self.places, at)
        # Boards go seldom, or there would soon be none.
        if at % 5 == 0 and not place.is_deleted:
            place.is_deleted = True
            delete_board(actor_id=place.owner, board_id=place.id)

    @precondition(lambda self: self.pins)
    @rule(which=index)
    def hide_or_restore(self, which):
        pin = self._pick(self.pins, which)
        if pin.place.is_deleted:
            return
        act = services.restore_pin if pin.is_hidden else services.hide_pin
        for _ in range(2):
            act(actor_id=self.staff, pin_id=pin.id, reason="a test")
        pin.is_hidden = not pin.is_hidden

    @rule(which=index)
    def suspend_or_restore(self, which):
        person = self._pick(self.people, which)
        act = restore_person if person in self.suspended else suspend_person
        act(actor_id=self.staff, user_id=person, reason="a test")
        self.suspended ^= {person}

    @precondition(lambda self: self.unready)
    @rule(which=index)
    def finish_picture(self, which):
        picture = self._pick(sorted(self.unready), which)
        Picture.objects.filter(pk=picture).update(state=PictureState.READY)
        outbox.publish(PictureReady(picture))
        self.unready.remove(picture)

    # --- what workers do -------------------------------------------------------------------------

    @rule(which=index)
    def deliver(self, which):
        if waiting := self._waiting():
            assert outbox.deliver(self._pick(waiting, which))

    @rule(which=index)
    def deliver_again(self, which):
        events = list(Event.objects.order_by("pk"))
        if events:
            event = self._pick(events, which)
            for wanted in subscriptions(event.name):
                if wanted.name.startswith("pins."):
                    with transaction.atomic():
                        wanted.handle(decode(wanted.event, [event.payload]))

    # --- what must be true -----------------------------------------------------------------------

    def teardown(self):
        try:
            while waiting := self._waiting():
                for delivery in reversed(waiting):
                    assert outbox.deliver(delivery)
            self._compare()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def _compare(self):
        pins = [pin for pin in self.pins if not pin.place.is_deleted]
        assert set(Pin.objects.values_list("pk", flat=True)) == {pin.id for pin in pins}
        assert not Pin.objects.wrongly_listed().exists()
        assert set(Board.objects.values_list("pk", flat=True)) == {
            place.id for place in self.places if not place.is_deleted
        }
        everything, listed, saves = Counter(), Counter(), Counter()
        for pin in pins:
            subjects = [pin.place.owner, pin.place.id, *([pin.section] if pin.section else [])]
            everything.update(subjects)
            if self._is_public(pin):
                listed.update(subjects)
                saves.update([pin.root] if pin.root else [])
        subjects = [*self.people, *(one for p in self.places for one in (p.id, p.section))]
        roots = sorted({pin.line for pin in self.pins} | set(saves))
        assert totals(ALL, subjects).get() == [everything[one] for one in subjects]
        assert totals(LISTED, subjects).get() == [listed[one] for one in subjects]
        assert totals(SAVES, roots).get() == [saves[one] for one in roots]
        counted = set(Counted.objects.values_list("subject_id", flat=True))
        assert counted <= {*subjects, *(pin.line for pin in pins)}
        self._compare_lists(roots)

    def _compare_lists(self, roots):
        """Counters say what lists hold."""
        assert (
            selectors.save_counts(roots).get() == selectors.saves_of_pin(None).counts(roots).get()
        )
        for viewer in (None, *self.people):
            boards = [place.id for place in self.places if not place.is_deleted]
            owners = [place.owner for place in self.places if not place.is_deleted]
            counted = selectors.pin_counts(viewer, boards, owners)
            assert counted == selectors.pins_of_board(viewer, filters={}).counts(boards).get()
            counted = selectors.pin_counts(viewer, self.people, self.people)
            assert counted == selectors.pins_of_person(viewer, filters={}).counts(self.people).get()

    # --- the model -------------------------------------------------------------------------------

    def _is_public(self, pin):
        place = pin.place
        return not (
            place.is_secret
            or place.is_deleted
            or place.owner in self.suspended
            or pin.is_hidden
            or pin.picture in self.unready
        )

    def _sees(self, person, pin):
        own = pin.place.owner == person and not pin.place.is_deleted
        return own or self._is_public(pin)

    def _of_one_owner(self, some):
        picked = [self._pick(self.pins, one) for one in some]
        mine = {pin.id: pin for pin in picked if pin.place.owner == picked[0].place.owner}
        return list(mine.values())

    def _waiting(self):
        """Deliveries to pins; those to other apps are not what is tried here."""
        Delivery.objects.exclude(subscriber__startswith="pins.").delete()
        return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    @staticmethod
    def _pick(some, number):
        return some[number % len(some)]


def test_counters_agree_with_a_plain_model(db, monkeypatch):
    monkeypatch.setattr(holding, "CHUNK", 2)
    monkeypatch.setattr(Counting, "world", Counting().make_world(), raising=False)
    run_state_machine_as_test(
        Counting,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_counting_reads_counters_in_proportion(db):
    board = BoardFactory()

    def count(crowd):
        boards, people = [one.board for one in crowd], [one.person for one in crowd]
        assert selectors.pin_counts(board.owner_id, boards, people) == [4] * len(crowd)
        assert selectors.save_counts([one.pin for one in crowd]).get() == [4] * len(crowd)

    assert_in_proportion(partial(make_crowd, board), count, most=50)
