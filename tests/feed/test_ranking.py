"""Ranking as pure functions: scores that go the right way, one entry for a picture, no author thrice in a row."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.feed.ranking.arranging import MAX_COPIES, diversified, entries
from apps.feed.ranking.facts import Fact, Facts, Flag
from apps.feed.ranking.ranking import ENOUGH, rank
from apps.feed.ranking.reasons import strongest
from apps.feed.ranking.rules import Drop
from apps.feed.ranking.scoring import Model, features, score
from apps.feed.sources import REASONS
from apps.feed.sources.followed import Followed
from apps.feed.sources.popular import Popular
from apps.feed.sources.recommended import Recommended

HOUR = 3_600_000 << 22
NOW = 400 * 24 * HOUR
PLAIN = Fact(NOW, 1, 1, NOW, 1, 0, 0, 0, 0, 0, Flag.VISIBLE | Flag.FOLLOWED)
NOTHING_SEEN = np.array([], np.int64)
MODEL = Model.of(REASONS, {})
NAMES = tuple(MODEL.weights)
FOLLOWED, POPULAR, RECOMMENDED = (source().bit for source in (Followed, Popular, Recommended))


def facts(*some):
    """The facts of pins, in the form in which Postgres packs them."""
    return Facts.unpack(np.array(some, ">i8").tobytes())


def table(some, offers=FOLLOWED):
    """The features of pins that these sources offered."""
    reasons, _ = strongest(REASONS, some, np.full(some.length, offers, np.uint8))
    return features(some, NOW, reasons)


def scores(*some):
    return score(table(facts(*some)), MODEL.weights).tolist()


@pytest.mark.parametrize(
    "better",
    [
        {"id": NOW + HOUR},
        {"author_saves": 1},
        {"author_opens": 1},
        {"saves": 3},
        {"flags": PLAIN.flags | Flag.BOARD_FOLLOWED},
    ],
)
def test_each_good_sign_raises_the_score(better):
    worse = PLAIN._replace(id=NOW - 24 * HOUR)
    one, other = scores(worse._replace(**better), worse)
    assert one > other


@pytest.mark.parametrize(
    "worse",
    [
        {"id": NOW - 24 * HOUR},
        {"impressions": 1_000},
        {"flags": Flag.VISIBLE, "topic_id": 7},
        {"flags": Flag.VISIBLE},
        {"flags": PLAIN.flags | Flag.FEWER},
    ],
)
def test_each_bad_sign_lowers_the_score(worse):
    one, other = scores(PLAIN, PLAIN._replace(**worse))
    assert one > other


def test_features_are_what_they_are_said_to_be():
    some = facts(
        PLAIN,
        PLAIN._replace(id=NOW - 24 * HOUR, author_saves=1, author_opens=5, impressions=10**9),
        PLAIN._replace(saves=10**6, flags=Flag.VISIBLE | Flag.FEWER, topic_id=3),
    )
    found = table(some)
    assert NAMES[:4] == ("freshness", "closeness", "quality", "fewer")
    assert NAMES[4:] == ("board", "person", "topic", "recommended", "popular")
    assert found[0].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert found[1].tolist() == [0.5, 0.5, -1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert found[2].tolist() == [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def test_one_reason_counts_the_strongest():
    board = Flag.FOLLOWED | Flag.BOARD_FOLLOWED
    some = facts(
        PLAIN._replace(flags=board, topic_id=3),
        PLAIN._replace(topic_id=3),
        PLAIN._replace(flags=0, topic_id=3),
        PLAIN._replace(flags=0),
    )
    everybody = FOLLOWED | POPULAR | RECOMMENDED
    assert table(some, everybody)[:, 4:].tolist() == np.eye(5)[:4].tolist()
    assert table(some, POPULAR)[3, 4:].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert table(some, FOLLOWED)[3, 4:].tolist() == [0.0] * 5


def test_weights_count_by_name():
    found = table(facts(PLAIN))
    for name in NAMES:
        one = Model.of(REASONS, {**dict.fromkeys(NAMES, 0.0), name: 2.0})
        assert score(found, one.weights)[0] == 2.0 * found[0][NAMES.index(name)]


def test_a_weight_of_nothing_is_refused():
    with pytest.raises(ValueError, match="there is no feature beauty"):
        Model.of(REASONS, {"freshness": 1.0, "beauty": 1.0})


pins = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), max_size=40)


@given(pins)
def test_a_picture_is_one_entry(drawn):
    some = [
        PLAIN._replace(id=NOW + at, owner_id=owner, picture_id=picture)
        for at, (owner, picture) in enumerate(drawn)
    ]
    found = entries(facts(*some), np.arange(len(some))).each() if some else []
    pictures = [drawn[entry[0]][1] for entry in found]
    assert pictures == list(dict.fromkeys(picture for _, picture in drawn))
    for entry in found:
        owners = [drawn[row][0] for row in entry]
        picture = drawn[entry[0]][1]
        everybody = dict.fromkeys(owner for owner, one in drawn if one == picture)
        assert owners == list(everybody)[:MAX_COPIES]


def plainly_diversified(authors, boards):
    """Always the best that does not repeat, or the best."""
    left, found = list(range(len(authors))), []
    while left:
        fine = [one for one in left if not repeats(one, found, authors, boards)]
        found.append((fine or left)[0])
        left.remove(found[-1])
    return found


def repeats(place, found, authors, boards):
    last = found[-2:]
    return len(last) == 2 and any(
        values[place] == values[last[0]] == values[last[1]] for values in (authors, boards)
    )


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), max_size=30))
def test_nobody_stands_thrice_in_a_row_while_there_is_anybody_else(drawn):
    authors, boards = [one for one, _ in drawn], [one * 10 + other % 2 for one, other in drawn]
    found = diversified(np.array(authors, np.int64), np.array(boards, np.int64))
    assert found == plainly_diversified(authors, boards)
    assert sorted(found) == list(range(len(drawn)))


def test_seen_pins_come_back_behind_all_else_where_there_is_too_little():
    many = [
        PLAIN._replace(id=NOW - at * HOUR, line_id=at + 1, picture_id=at, owner_id=at)
        for at in range(ENOUGH + 1)
    ]
    offers = np.full(len(many), FOLLOWED, np.uint8)
    seen = np.array([1], np.int64)
    ranking = rank(facts(*many), offers, seen, NOW, MODEL)
    assert [entry[0] for entry in ranking.entries.each()] == list(range(1, ENOUGH + 1))
    assert ranking.dropped[Drop.SEEN].tolist() == [True] + [False] * ENOUGH
    ranking = rank(facts(*many[:-1]), offers[:-1], seen, NOW, MODEL)
    assert [entry[0] for entry in ranking.entries.each()] == [*range(1, ENOUGH), 0]
    assert Drop.SEEN not in ranking.dropped


@given(st.lists(st.integers(0, 255), min_size=1, max_size=20), st.booleans(), st.booleans())
def test_what_is_ranked_breaks_no_rule(flags, is_popular, is_tagged):
    some = [
        PLAIN._replace(id=NOW + at, flags=one, picture_id=at, topic_id=int(is_tagged))
        for at, one in enumerate(flags)
    ]
    offer = POPULAR if is_popular else FOLLOWED
    offers = np.full(len(some), offer, np.uint8)
    ranking = rank(facts(*some), offers, NOTHING_SEEN, NOW, MODEL)
    bad = Flag.OWN | Flag.MUTED | Flag.HIDDEN | Flag.SAVED
    expected = {
        at
        for at, one in enumerate(flags)
        if one & Flag.VISIBLE and not one & bad and (one & Flag.FOLLOWED or is_tagged or is_popular)
    }
    assert {entry[0] for entry in ranking.entries.each()} == expected


def test_the_same_facts_give_the_same_order():
    some = facts(*[PLAIN._replace(id=NOW - at, picture_id=at, owner_id=at) for at in range(9)])
    offers = np.full(9, FOLLOWED, np.uint8)
    orders = {str(rank(some, offers, NOTHING_SEEN, NOW, MODEL).entries.each()) for _ in range(3)}
    assert orders == {str([[at] for at in range(9)])}
    assert all(one >= other for one, other in pairwise(scores(*[PLAIN] * 3)))
