"""What is popular against the rule in plain Python."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.pins.models import Pin
from apps.pins.selectors import filled_up, popular, popular_pins
from pinboard.ids.layout import EPOCH, created_at, first_id_at
from tests.factories.boards import BoardFactory
from tests.factories.media import PictureFactory
from tests.factories.users import UserFactory

NOW = EPOCH + timedelta(days=300)
HALF_LIFE = timedelta(hours=24)
WINDOW = timedelta(days=7)
PLACES = [("SE", "sv"), ("SE", "en"), ("", "pt-BR"), ("BR", "pt"), ("", "")]

# A line: whose first pin, whether everybody sees it, whether it is gone, and its saves: whose, how many
# half-lives ago, whether everybody sees it. Powers of two have no rounding: sums are alike in any order.
person = st.integers(0, len(PLACES) - 1)
often = st.sampled_from([True, True, True, False])
save = st.tuples(person, st.integers(-1, 9), often)
line = st.tuples(person, often, often, st.lists(save, max_size=4))


def plainly(pins, people):
    """The rule: for each list, the pins that stand for its lines, the most popular first."""
    there = {pin.pk: pin for pin in pins}
    scores, newest = defaultdict(Counter), {}
    for pin in sorted(pins, key=lambda pin: pin.pk):
        age = NOW - created_at(pin.pk)
        if pin.root_id is None or not pin.is_listed or age > WINDOW:
            continue
        newest[pin.root_id] = pin
        owner = people[pin.owner_id]
        for scope in {"", owner.country, owner.language.split("-")[0]}:
            scores[scope][pin.root_id] += 0.5 ** (max(age, timedelta(0)) / HALF_LIFE)
    lists = {}
    for scope, of_lines in scores.items():
        shown = []
        for root, score in of_lines.items():
            first = there.get(root)
            pin = first if first and first.is_listed else newest[root]
            shown.append((score, pin.pk, pin.owner_id))
        kept, of_author = [], Counter()
        for _, pin_id, owner_id in sorted(shown, reverse=True):
            of_author[owner_id] += 1
            if of_author[owner_id] <= 3:
                kept.append((pin_id, owner_id))
        lists[scope] = kept[:100]
    return lists


class World:
    """People with a board each, and pins with ids from whatever moment."""

    def __init__(self):
        self.boards = [BoardFactory(owner=UserFactory(country=c, language=s)) for c, s in PLACES]
        self.people = {board.owner_id: board.owner for board in self.boards}
        self.picture = PictureFactory()
        self.minted = 0

    def pin(self, whose, half_lives, root=None, listed=True):
        self.minted += 1
        board = self.boards[whose]
        return Pin(
            id=first_id_at(NOW - half_lives * HALF_LIFE) + (self.minted << 12) + 5,
            owner_id=board.owner_id,
            board=board,
            picture=self.picture,
            root_id=root and root.pk,
            saved_from_id=root and root.pk,
            is_listed=listed,
        )

    def lines(self, drawn):
        """Pins of lines as they were drawn. Ids begin anew: a thousand of them would move the moment."""
        self.minted = 0
        pins = []
        for whose, is_listed, is_there, saves in drawn:
            first = self.pin(whose, 20, listed=is_listed)
            pins += [first] * is_there
            pins += [self.pin(by, ago, first, listed) for by, ago, listed in saves]
        return pins


@pytest.fixture
def world(db):
    return World()


def found(max_saves=1_000):
    lists = popular_pins(NOW, window=WINDOW, half_life=HALF_LIFE, max_saves=max_saves)
    return {one.scope: list(zip(one.pins, one.owners, strict=True)) for one in lists}


def test_it_is_what_the_rule_says(world):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(line, max_size=12))
    def check(drawn):
        with transaction.atomic():
            pins = Pin.objects.bulk_create(world.lines(drawn))
            assert found() == plainly(pins, world.people)
            transaction.set_rollback(True)

    check()


def test_a_list_has_a_hundred_and_one_statement_makes_all(world, django_assert_num_queries):
    world.boards += [BoardFactory() for _ in range(44)]
    firsts = [world.pin(len(PLACES) + number % 44, 20) for number in range(130)]
    saves = [world.pin(0, number % 7, pin) for number, pin in enumerate(firsts)]
    Pin.objects.bulk_create([*firsts, *saves])
    with django_assert_num_queries(1):
        lists = found()
    assert {scope: len(kept) for scope, kept in lists.items()} == {"": 100, "SE": 100, "sv": 100}
    assert lists == plainly([*firsts, *saves], world.people)


def test_the_newest_saves_alone_are_weighed(world):
    old, new = world.pin(1, 20), world.pin(2, 20)
    saves = [world.pin(0, 3, old), world.pin(0, 2, new), world.pin(0, 1, new)]
    Pin.objects.bulk_create([old, new, *saves])
    assert found(max_saves=2)[""] == [(new.pk, new.owner_id)]
    assert len(found(max_saves=3)[""]) == 2


def test_lists_are_no_more_than_a_bound(world, monkeypatch):
    monkeypatch.setattr(popular, "_POPULAR", popular._POPULAR.replace("LIMIT 1000", "LIMIT 2"))
    popular._popular_statement.cache_clear()
    one, other = world.pin(4, 20), world.pin(4, 20)
    saves = [world.pin(0, 1, one), world.pin(1, 1, other)]
    Pin.objects.bulk_create([one, other, *saves])
    try:
        assert list(found()) == ["", "SE"]  # then the longest
    finally:
        popular._popular_statement.cache_clear()


pairs = st.lists(
    st.tuples(st.integers(1, 300), st.integers(1, 6)), max_size=150, unique_by=lambda pair: pair[0]
)


@settings(deadline=None)
@given(pairs.map(lambda some: some[:100]), pairs)
def test_filling_up(liked, newest):
    owners = {**dict(newest), **dict(liked)}
    kept = filled_up(liked, newest)
    assert kept[: len(liked)] == [pin for pin, _ in liked]
    assert len(kept) == len(set(kept)) == min(100, len(owners))
    of_author = Counter(owner for _, owner in liked)
    added = kept[len(liked) :]
    fair = []
    for pin, owner in newest:
        if pin not in dict(liked) and of_author[owner] < 3:
            of_author[owner] += 1
            fair.append(pin)
    rest = [pin for pin, _ in newest if pin not in dict(liked) and pin not in fair]
    assert added == (fair + rest)[: len(added)]
