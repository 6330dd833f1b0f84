"""What the feed takes from what is popular."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError

from apps.feed import tasks
from apps.feed.sources import popular
from apps.feed.sources.popular import Popular
from apps.pins.selectors import popular_pins
from apps.pins.services import delete_pin, hide_pin
from apps.users.services import (
    correct_person,
    erase_person,
    request_account_deletion,
    update_profile,
)
from tests.effort import assert_in_proportion
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

source = Popular()


def in_place(country="", language=""):
    """Somebody's board, from some place."""
    return BoardFactory(owner=UserFactory(country=country, language=language))


def save(pin, *boards):
    for board in boards:
        make_save(pin, board)


def weighed():
    """The lists as they are made, not filled up."""
    lists = popular_pins(
        datetime.now(UTC), window=timedelta(7), half_life=timedelta(1), max_saves=1_000
    )
    return {one.scope: one.pins for one in lists}


def as_seen_now(viewer):
    """What there is when the lists are made anew."""
    tasks.refresh_popular()
    return source.candidates(viewer.pk)


@pytest.fixture
def ada(db):
    return UserFactory(country="SE", language="sv-FI")


def test_its_reason():
    assert (source.number, [one.kind for one in source.reasons]) == (3, ["POPULAR"])


def test_an_empty_world(ada, django_assert_num_queries):
    with django_assert_num_queries(3):  # saves, newest pins, where the viewer is
        assert source.candidates(ada.pk) == []
    with django_assert_num_queries(0):
        assert source.candidates(ada.pk) == []


def test_the_most_saved_first_and_then_the_newest(ada, django_assert_num_queries):
    one, two, three, four = (make_pin() for _ in range(4))
    boards = [in_place() for _ in range(3)]
    save(two, *boards)
    save(one, *boards[:2])
    with django_assert_num_queries(2):
        tasks.refresh_popular()
    with django_assert_num_queries(1):
        assert source.candidates(ada.pk) == [two.pk, one.pk, four.pk, three.pk]


def test_country_language_and_everywhere_take_turns(ada):
    swedish, svenska, world = (make_pin() for _ in range(3))
    save(world, *[in_place("BR", "pt") for _ in range(3)])
    save(swedish, in_place("SE", "en"))
    save(svenska, in_place("FI", "sv"), in_place("FI", "sv-SE"))
    assert as_seen_now(ada) == [swedish.pk, svenska.pk, world.pk]
    brazilian, nowhere = UserFactory(country="BR"), UserFactory()
    assert source.candidates(brazilian.pk)[0] == world.pk
    assert source.candidates(nowhere.pk) == [world.pk, svenska.pk, swedish.pk]


def test_a_hundred_at_most(ada):
    board = BoardFactory(owner=ada)
    for _ in range(102):
        make_pin(board)
    assert len(as_seen_now(ada)) == 100


def test_a_new_person_has_a_varied_page_of_a_young_world(ada):
    busy = BoardFactory()
    lone = [make_pin().pk for _ in range(5)]
    pins = [make_pin(busy).pk for _ in range(10)]
    assert as_seen_now(ada) == [*pins[:-4:-1], *lone[::-1], *pins[-4::-1]]


def test_an_author_has_three_lines_of_a_list(ada):
    busy, saver = BoardFactory(), in_place("SE")
    pins = [make_pin(busy) for _ in range(5)]
    for pin in pins:
        save(pin, saver)
    other = make_pin()
    save(other, saver)
    expected = [other.pk, *(pin.pk for pin in pins[:-4:-1])]
    assert weighed() == {"": expected, "SE": expected}


def test_what_is_secret_counts_nowhere(ada):
    pin = make_pin()
    save(pin, BoardFactory(is_secret=True), BoardFactory(owner=UserFactory(), is_secret=True))
    other = make_pin(BoardFactory(is_secret=True))
    assert other.pk not in as_seen_now(ada)
    assert weighed() == {}


def test_a_line_whose_first_pin_is_not_to_be_seen_is_shown_by_its_newest_save(ada, outbox):
    staff, pin, boards = UserFactory(), make_pin(), [in_place(), in_place()]
    saves = [make_save(pin, board).pk for board in boards]
    assert as_seen_now(ada) == [pin.pk]
    hide_pin(actor_id=staff.pk, pin_id=pin.pk, reason="a test")
    assert as_seen_now(ada) == [saves[1]]
    delete_pin(actor_id=pin.owner_id, pin_id=pin.pk)
    assert as_seen_now(ada) == [saves[1]]
    delete_pin(actor_id=boards[1].owner_id, pin_id=saves[1])
    assert as_seen_now(ada) == [saves[0]]


def test_old_saves_count_nothing(ada, settings):
    pin = make_pin()
    save(pin, in_place())
    newer = make_pin()
    assert as_seen_now(ada) == [pin.pk, newer.pk]
    settings.FEED_POPULAR_WINDOW = timedelta(0)
    assert as_seen_now(ada) == [newer.pk, pin.pk]


@pytest.mark.parametrize("by_staff", [False, True])
def test_moving_to_another_country(ada, outbox, by_staff):
    home, away = make_pin(), make_pin()
    save(home, in_place("SE"))
    save(away, in_place("NO"), in_place("NO"))
    assert as_seen_now(ada) == [home.pk, away.pk]
    if by_staff:
        actor = UserFactory(is_staff=True).pk
        correct_person(actor_id=actor, user_id=ada.pk, reason="a test", country="NO")
    else:
        update_profile(actor_id=ada.pk, country="NO")
    outbox.drain()
    assert source.candidates(ada.pk) == [away.pk, home.pk]


def test_flushed(ada, django_assert_num_queries):
    pin = make_pin()
    save(pin, in_place("SE"))
    assert as_seen_now(ada) == [pin.pk]
    get_redis_connection("default").flushdb()
    popular.at_hand.cache_clear()  # ten seconds later
    with django_assert_num_queries(3):
        assert source.candidates(ada.pk) == [pin.pk]


def test_who_waits_has_fewer_saves_weighed(ada, monkeypatch):
    monkeypatch.setattr(popular, "MAX_SAVES_WAITED_FOR", 1)
    one, two = make_pin(), make_pin()
    save(one, in_place(), in_place())
    save(two, in_place())
    assert source.candidates(ada.pk) == [two.pk, one.pk]
    assert as_seen_now(ada) == [one.pk, two.pk]


def test_a_process_has_the_lists_at_hand(ada, round_trips):
    source.candidates(ada.pk)
    round_trips()
    source.candidates(ada.pk)
    assert round_trips() == 1  # where the viewer is


def test_without_valkey_there_is_the_newest(ada, monkeypatch, django_assert_num_queries):
    pin = make_pin()
    save(pin, in_place())
    newer = make_pin()

    def away(*_args, **_kwargs):
        raise ConnectionError

    for name in ("get", "has_key"):
        monkeypatch.setattr(popular.cache, name, away)
    with django_assert_num_queries(2):
        assert source.candidates(ada.pk) == [newer.pk, pin.pk]


def test_nothing_is_kept_of_who_is_gone(ada, outbox, settings):
    settings.DELETION_GRACE = timedelta(0)
    source.candidates(ada.pk)
    client = get_redis_connection("default")
    assert len(client.keys(f"*{{{ada.pk}}}*")) == 1
    request_account_deletion(actor_id=ada.pk)
    erase_person(user_id=ada.pk)
    outbox.drain()
    assert client.keys(f"*{{{ada.pk}}}*") == []


@pytest.mark.parametrize("countries", [("",), ("", "SE", "DE")], ids=["unknown", "known"])
def test_weighing_goes_through_saves_in_proportion(db, countries):
    grow = partial(make_crowd, BoardFactory(), countries=countries)
    assert_in_proportion(grow, lambda _: tasks.refresh_popular(), most=50)
