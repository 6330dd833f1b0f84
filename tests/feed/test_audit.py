"""Timelines compared with Postgres, by beat and by command."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from apps.feed import authors, services, store, tasks, timelines
from apps.feed.models import LargeAuthor
from apps.feed.services import audits, hide_pin
from apps.follows.services import follow_person, unfollow_person
from apps.topics.selectors import topics_in_use
from tests.effort import assert_in_proportion
from tests.factories.boards import BoardFactory
from tests.factories.crowds import make_crowd
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory


@pytest.fixture
def ada(db, monkeypatch):
    """Somebody whose timeline holds three pins, which are settled."""
    monkeypatch.setattr(audits, "SETTLED", timedelta(0))
    ada, board = UserFactory(), BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    ada.pins = [make_pin(board).pk for _ in range(3)][::-1]
    ada.board = board
    timelines.rebuild(ada.pk)
    return ada


def test_nothing_is_wrong(ada):
    assert services.audit_timelines([ada.pk]) == (1, 0, 0)


def test_nothing_is_compared_where_nothing_is(ada):
    store.drop(ada.pk)
    assert services.audit_timelines([ada.pk]) == (0, 0, 0)


def test_what_is_missing_is_found_and_mended(ada):
    store.remove([ada.pk], ada.pins[1:])
    assert services.audit_timelines([ada.pk]) == (1, 2, 0)
    assert store.read(ada.pk) == ada.pins


def test_what_is_too_much_is_found_and_mended(ada):
    unfollow_person(follower_id=ada.pk, person_id=ada.board.owner_id)
    assert services.audit_timelines([ada.pk]) == (1, 0, 3)
    assert store.read(ada.pk) == []


def test_what_is_young_may_be_on_its_way(ada, monkeypatch):
    monkeypatch.setattr(audits, "SETTLED", timedelta(minutes=1))
    store.remove([ada.pk], ada.pins)
    assert services.audit_timelines([ada.pk]) == (1, 0, 0)


def test_a_full_timeline_lacks_nothing_that_is_older(ada, monkeypatch):
    monkeypatch.setattr(store, "MAX_ENTRIES", 2)
    monkeypatch.setattr(store, "SLACK", 0)
    timelines.rebuild(ada.pk)
    assert services.audit_timelines([ada.pk]) == (1, 0, 0)


@pytest.fixture
def large(ada):
    """The author whom she follows, large, with a timeline of their own."""
    LargeAuthor.objects.create(person_id=ada.board.owner_id)
    own = timelines.own(ada.board.owner_id)
    timelines.rebuild(own)
    return own


def test_what_is_merged_on_read_is_not_too_much(ada, large):
    hide_pin(person_id=ada.pk, pin_id=ada.pins[0])
    timelines.rebuild(ada.pk)
    assert timelines.timeline_of(ada.pk) == ada.pins
    assert services.audit_timelines([ada.pk]) == (1, 0, 0)
    assert store.read(ada.pk) == ada.pins[1:]


def test_what_is_merged_on_read_is_not_missing(ada, large):
    store.remove([ada.pk], ada.pins)
    assert services.audit_timelines([large, ada.pk]) == (2, 0, 0)


def test_a_timeline_that_nobody_reads_any_more_is_dropped(ada, large):
    LargeAuthor.objects.all().delete()
    authors._forget_all()
    store.remove([large], ada.pins)
    assert services.audit_timelines([large, ada.pk]) == (1, 0, 0)
    assert store.read(large) is None


def test_beat_audits_a_sample(ada):
    store.remove([ada.pk], ada.pins)
    tasks.audit()
    assert store.read(ada.pk) == ada.pins


def test_the_command_audits(ada, capsys):
    store.remove([ada.pk], ada.pins[:1])
    call_command("timelines", "audit", "--sample", "10")
    assert "1 timelines: 1 entries were missing, 0 too many." in capsys.readouterr().out
    assert store.read(ada.pk) == ada.pins


@pytest.mark.parametrize("whose", ["one", "all"])
def test_the_command_builds_anew(ada, capsys, whose):
    store.drop(ada.pk)
    call_command("timelines", "rebuild", *(["--people", ada.pk] if whose == "one" else ["--all"]))
    # The person, the author, and the topics of the taxonomy.
    count = 1 if whose == "one" else 2 + len(topics_in_use())
    assert f"{count} timelines were built." in capsys.readouterr().out
    assert store.read(ada.pk) == ada.pins


def test_the_command_knows_no_strangers(ada):
    with pytest.raises(CommandError, match="There is no active person 5"):
        call_command("timelines", "rebuild", "--people", 5)


def test_it_reads_of_those_followed_in_proportion(ada):
    """And so does who builds a timeline."""
    board = BoardFactory(owner=ada)

    def grow(count):
        crowd = make_crowd(board, count)
        timelines.rebuild(ada.pk)
        return crowd

    def audit(crowd):
        assert services.audit_timelines([ada.pk]) == (1, 0, 0)

    assert_in_proportion(grow, audit, most=120)
