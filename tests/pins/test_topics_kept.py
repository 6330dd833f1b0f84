"""The topics of pins against their words, whatever happens and in whatever order it is told."""

from collections.abc import Sequence

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

from apps.boards.services import update_board
from apps.pins import services
from apps.pins.services import holding
from pinboard.events import outbox
from pinboard.events.models import Delivery, Event
from pinboard.events.registry import decode, subscriptions
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.pins.truth import assert_topics_are_true

TEXTS = ["", "Bread", "Cakes and cats", "Birthday cakes", "Small kitchens", "Nothing much"]
index = st.integers(0, 1_000)
texts = st.sampled_from(TEXTS)


class Tagging(RuleBasedStateMachine):
    """Writes and deliveries, late, twice and in any order; after all of them the tags are right."""

    @initialize()
    def begin(self):
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        owner = UserFactory()
        self.boards = [BoardFactory(owner=owner, name=name) for name in ("Cakes", "Plain")]
        self.pins = [make_pin(self.boards[0]).pk for _ in range(3)]

    # --- what may happen -------------------------------------------------------------------------

    @rule(at=index, title=texts, alt_text=texts)
    def create(self, at, title, alt_text):
        pin = make_pin(self._pick(self.boards, at), title=title, alt_text=alt_text)
        self.pins.append(pin.pk)

    @precondition(lambda self: self.pins)
    @rule(which=index, title=texts, description=texts)
    def edit(self, which, title, description):
        services.update_pin(
            actor_id=self.boards[0].owner_id,
            pin_id=self._pick(self.pins, which),
            title=title,
            description=description,
        )

    @precondition(lambda self: self.pins)
    @rule(some=st.lists(index, min_size=1, max_size=3), at=index)
    def move(self, some, at):
        services.move_pins(
            actor_id=self.boards[0].owner_id,
            pin_ids=list({self._pick(self.pins, one) for one in some}),
            board_id=self._pick(self.boards, at).pk,
        )

    @rule(at=index, name=texts.filter(bool), description=texts)
    def rename(self, at, name, description):
        board = self._pick(self.boards, at)
        update_board(actor_id=board.owner_id, board_id=board.pk, name=name, description=description)

    @precondition(lambda self: self.pins)
    @rule(which=index)
    def delete(self, which):
        pin = self._pick(self.pins, which)
        services.delete_pin(actor_id=self.boards[0].owner_id, pin_id=pin)
        self.pins.remove(pin)

    # --- what workers do -------------------------------------------------------------------------

    @rule(which=index)
    def deliver(self, which):
        if waiting := self._waiting():
            assert outbox.deliver(self._pick(waiting, which))

    @rule()
    def deliver_all(self):
        while waiting := self._waiting():
            for delivery in reversed(waiting):
                assert outbox.deliver(delivery)

    @rule(which=index)
    def deliver_again(self, which):
        if events := list(Event.objects.order_by("pk")):
            event = self._pick(events, which)
            for wanted in subscriptions(event.name):
                if wanted.name.startswith("pins."):
                    with transaction.atomic():
                        wanted.handle(decode(wanted.event, [event.payload]))

    # --- what must be true -----------------------------------------------------------------------

    def teardown(self):
        try:
            self.deliver_all()
            assert_topics_are_true()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def _waiting(self) -> list[int]:
        """Deliveries to pins; those to other apps are not what is tried here."""
        Delivery.objects.exclude(subscriber__startswith="pins.").delete()
        return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

    @staticmethod
    def _pick(some: Sequence, number: int):
        return some[number % len(some)]


def test_topics_agree_with_words(db, monkeypatch):
    monkeypatch.setattr(holding, "CHUNK", 2)
    run_state_machine_as_test(
        Tagging,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
