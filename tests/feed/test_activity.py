"""Activity reported through the API, and taken in by workers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_redis import get_redis_connection
from prometheus_client import REGISTRY
from redis.exceptions import ConnectionError as Away

from apps.feed import activity, tasks
from apps.feed.counting import IMPRESSIONS
from apps.feed.models import Closeness, Intake, Seen
from apps.feed.seen import seen_lately
from apps.feed.services import intake, take_in_all
from apps.pins.services import delete_pin
from apps.users.models import User
from apps.users.services import block_person, suspend_person
from pinboard.cache import keys
from pinboard.counters.counts import totals
from pinboard.counters.models import Counter
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory
from tests.feed.streams import waiting
from tests.threads import together

REPORT = """
mutation($input: ReportFeedActivityInput!) {
  reportFeedActivity(input: $input) { accepted clientMutationId userErrors { field code } }
}
"""


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


@pytest.fixture
def report(api, ada):
    """`report(impressions, opens)`: Ada's report, by pins; the payload."""
    client = api.as_(ada)
    client("{ viewer { id } }")  # the session is known

    def send(impressions=(), opens=(), **more):
        lists = {
            "impressions": [str(pin.pk) for pin in impressions],
            "opens": [str(pin.pk) for pin in opens],
        }
        answer = client(REPORT, input={**lists, **more})
        assert answer.statements == []
        return answer.data["reportFeedActivity"]

    return send


def impressions(*pins):
    return totals(IMPRESSIONS, [pin.pk for pin in pins]).get()


def lines(person):
    return Seen.objects.get(pk=person.pk).lines


def seen(person):
    return set(seen_lately(person.pk).tolist())


def without_valkey(monkeypatch):
    class Gone:
        def __getattr__(self, name):
            raise Away("gone")

    monkeypatch.setattr(activity, "_client", Gone)


def test_a_report_is_counted_by_line_and_author(ada, report):
    first, second = make_pin(), make_pin()
    copy = make_save(first, BoardFactory())
    answer = report([first, second], [copy])
    assert answer == {"accepted": 3, "clientMutationId": None, "userErrors": []}
    assert impressions(first, second, copy) == [0, 0, 0]
    assert take_in_all() == 1
    assert impressions(first, second, copy) == [1, 1, 0]
    assert lines(ada) == [second.pk, first.pk]
    (near,) = Closeness.objects.all()
    assert (near.person_id, near.author_id) == (ada.pk, copy.owner_id)
    assert (near.saves, near.opens) == (0, 1)


def test_somebody_s_impressions_of_a_line_are_one(ada, report):
    pin = make_pin()
    copy = make_save(pin, BoardFactory())
    for _ in range(2):
        report([pin, copy, pin], [pin], clientMutationId="again")
    take_in_all()
    report([copy])
    take_in_all()
    assert impressions(pin) == [1]
    activity.append(UserFactory().pk, [copy.pk], [])
    take_in_all()
    assert impressions(pin) == [2]


def test_a_client_mutation_id_is_repeated(report):
    assert report([make_pin()], clientMutationId="a")["clientMutationId"] == "a"


def test_what_is_not_for_the_person_counts_nowhere(ada, report):
    own, secret, hidden, gone = (
        make_pin(BoardFactory(owner=ada)),
        make_pin(BoardFactory(is_secret=True)),
        make_pin(),
        make_pin(),
    )
    blocked, blocking = make_pin(), make_pin()
    suspend_person(actor_id=ada.pk, user_id=hidden.owner_id, reason="a test")
    delete_pin(actor_id=gone.owner_id, pin_id=gone.pk)
    block_person(blocker_id=ada.pk, blocked_id=blocked.owner_id)
    block_person(blocker_id=blocking.owner_id, blocked_id=ada.pk)
    pins = [own, secret, hidden, gone, blocked, blocking]
    assert report([*pins, ada], [*pins, ada])["accepted"] == 14
    assert take_in_all() == 1
    assert impressions(*pins) == [0] * 6
    assert not Closeness.objects.exists()
    assert not Seen.objects.exists()


def test_at_most_a_hundred_of_each(api, ada):
    ids = [str(1_000 + n) for n in range(101)]
    payload = api.as_(ada)(REPORT, input={"impressions": ids, "opens": ids[:100]})
    assert payload.data["reportFeedActivity"]["accepted"] == 0
    assert payload.data["reportFeedActivity"]["userErrors"] == [
        {"field": ["impressions"], "code": "TOO_LONG"}
    ]
    most = api.as_(ada)(REPORT, input={"impressions": ids[:100], "opens": ids[:100]})
    assert most.data["reportFeedActivity"]["accepted"] == 200
    assert api.as_(ada)(REPORT, input={"opens": ["x"]}).codes == ["BAD_INPUT"]


def test_an_empty_report_goes_nowhere(report):
    assert report()["accepted"] == 0
    assert waiting() == []


def test_it_is_for_who_is_logged_in(api, db):
    assert api(REPORT, input={"opens": []}).codes == ["UNAUTHENTICATED"]


def test_without_valkey_nothing_is_taken_and_nothing_fails(ada, report, monkeypatch):
    pin = make_pin()
    Seen.objects.create(person=ada, lines=[pin.pk])
    without_valkey(monkeypatch)
    assert report([pin]) == {"accepted": 0, "clientMutationId": None, "userErrors": []}
    assert seen(ada) == {pin.pk}


def test_a_refresh_knows_at_once_what_was_seen(ada, report, django_assert_num_queries):
    first, second = make_pin(), make_pin()
    copy = make_save(first, BoardFactory())
    with django_assert_num_queries(1):
        assert seen(ada) == set()
    report([copy], [second])
    with django_assert_num_queries(0):
        assert seen(ada) == {copy.pk, second.pk}
    take_in_all()
    with django_assert_num_queries(0):
        assert seen(ada) == {copy.pk, second.pk, first.pk}


def test_what_valkey_lost_is_read_from_postgres(ada, report, django_assert_num_queries):
    first, second, third = make_pin(), make_pin(), make_pin()
    report([first, second])
    take_in_all()
    get_redis_connection("default").flushdb()
    report([third])
    with django_assert_num_queries(1):
        assert seen(ada) == {first.pk, second.pk, third.pk}
    with django_assert_num_queries(0):
        assert seen(ada) == {first.pk, second.pk, third.pk}


def test_what_was_seen_is_bounded(ada, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(activity, "_MOST", 12)
    monkeypatch.setattr(activity, "MAX_SEEN", 4)
    monkeypatch.setattr(intake, "MAX_SEEN", 4)
    pins = [make_pin().pk for _ in range(6)]
    seen(ada)
    for start in (0, 2, 4):
        activity.append(ada.pk, pins[start : start + 2], [])
        activity.note_seen(ada.pk, pins[start : start + 2])
    take_in_all()
    assert lines(ada) == pins[2:]
    for _ in range(3):
        activity.note_seen(ada.pk, [1, 2])
    # The string outgrew itself: what is oldest there is in Postgres.
    with django_assert_num_queries(1):
        assert seen(ada) == {1, 2, *pins[2:]}
    with django_assert_num_queries(0):
        assert seen(ada) == {1, 2, *pins[2:]}


def test_who_was_away_for_three_days_begins_anew(ada):
    old, new = make_pin(), make_pin()
    long_ago = datetime.now(UTC) - activity.LATELY
    Seen.objects.create(person=ada, lines=[old.pk], updated_at=long_ago - timedelta(minutes=1))
    assert seen(ada) == set()
    activity.append(ada.pk, [new.pk], [])
    take_in_all()
    assert lines(ada) == [new.pk]
    Seen.objects.update(lines=[old.pk], updated_at=long_ago + timedelta(minutes=1))
    activity.forget_seen(ada.pk)
    assert seen(ada) == {old.pk}
    assert 0 < get_redis_connection("default").ttl(keys.seen(ada.pk)) <= 60


def test_what_was_seen_is_forgotten_by_beat(ada):
    eve = UserFactory()
    now = datetime.now(UTC)
    Seen.objects.create(person=ada, lines=[1], updated_at=now - activity.LATELY)
    Seen.objects.create(person=eve, lines=[1], updated_at=now - timedelta(days=2))
    tasks.prune_seen()
    assert [one.person_id for one in Seen.objects.all()] == [eve.pk]


def test_with_the_last_pin_of_a_line_its_counts_go(ada):
    pin = make_pin()
    saved = make_save(pin, BoardFactory())
    activity.append(ada.pk, [pin.pk], [])
    take_in_all()
    delete_pin(actor_id=pin.owner_id, pin_id=pin.pk)
    assert impressions(pin) == [1]
    delete_pin(actor_id=saved.owner_id, pin_id=saved.pk)
    assert not Counter.objects.filter(subject_id=pin.pk).exists()


def test_what_nothing_was_added_to_for_a_year_is_forgotten_by_beat(ada):
    now, authors = datetime.now(UTC), UserFactory.create_batch(3)
    for author, days in zip(authors, (364, 366, 366), strict=True):
        Closeness.objects.create(
            person=ada, author=author, saves=1, updated_at=now - timedelta(days=days)
        )
    pin = make_pin(BoardFactory(owner=authors[2]))
    activity.append(ada.pk, [], [pin.pk])
    take_in_all()
    tasks.prune_closeness()
    kept = Closeness.objects.order_by("id").values_list("author_id", "saves", "opens")
    assert list(kept) == [(authors[0].pk, 1, 0), (authors[2].pk, 1, 1)]


def test_intake_costs_the_same_whatever_it_takes_in(ada, monkeypatch):
    monkeypatch.setattr(activity, "partition_of", lambda person_id: 0)
    intake.take_in(0)
    costs = []
    for size in (1, 10, 40):
        pins = [make_pin() for _ in range(size)]
        ids = [pin.pk for pin in pins]
        for person in [UserFactory().pk for _ in range(size)]:
            activity.append(person, ids, ids)
        with CaptureQueriesContext(connection) as captured:
            assert intake.take_in(0).entries == size
        costs.append(len(captured))
        assert impressions(*pins) == [size] * size
    # With the transaction's beginning and end.
    assert costs == [11] * 3


def test_where_nothing_waits_no_statement_is_sent(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        tasks.take_in_activity()


def test_what_is_no_report_is_skipped_and_counted(ada, django_capture_on_commit_callbacks):
    pin, stream = make_pin(), activity.partition_of(ada.pk)
    client, key = get_redis_connection("default"), keys.activity(stream)
    eight = bytes(8)
    for poison in (
        {"x": "y"},
        {"p": "ada", "i": eight, "o": eight},
        {"p": ada.pk, "i": b"abc", "o": b""},
        {"p": -1, "i": eight, "o": eight},
        {"p": 2**70, "i": eight, "o": eight},
        {"p": ada.pk, "i": eight * 101, "o": b""},
    ):
        client.xadd(key, poison)
    activity.append(ada.pk, [pin.pk, 0, -5, 2**63 - 1], [])
    activity.append(12345, [pin.pk], [pin.pk])
    before = REGISTRY.get_sample_value("pinboard_feed_activity_skipped_total")
    with django_capture_on_commit_callbacks(execute=True):
        take_in_all()
    assert REGISTRY.get_sample_value("pinboard_feed_activity_skipped_total") == before + 6
    assert impressions(pin) == [1]
    assert waiting() == []


def test_the_lag_is_that_of_the_oldest_report(ada, monkeypatch):
    client = get_redis_connection("default")
    minute_ago = int((datetime.now(UTC).timestamp() - 60) * 1000)
    entry = {"p": ada.pk, "i": b"", "o": b""}
    client.xadd(keys.activity(activity.partition_of(ada.pk)), entry, id=f"{minute_ago}-0")
    take_in_all()
    assert 60 <= REGISTRY.get_sample_value("pinboard_feed_activity_lag_seconds") < 90
    take_in_all()
    assert REGISTRY.get_sample_value("pinboard_feed_activity_lag_seconds") == 0


def test_the_erased_leave_no_trace(ada):
    pin = make_pin()
    User.objects.filter(pk=ada.pk).update(erased_at=datetime.now(UTC))
    activity.append(ada.pk, [pin.pk], [pin.pk])
    take_in_all()
    assert impressions(pin) == [0]
    assert not Seen.objects.exists()
    assert not Closeness.objects.exists()


def test_streams_are_spread_over_people(db):
    spread = {activity.partition_of(UserFactory().pk) for _ in range(200)}
    assert len(spread) == activity.PARTITIONS


def test_who_saves_comes_closer(ada, outbox):
    pin, mine = make_pin(), BoardFactory(owner=ada)
    other = make_pin(pin.board)
    make_save(pin, mine)
    make_save(other, mine)
    make_save(make_pin(mine), BoardFactory(owner=ada))
    outbox.drain()
    (near,) = Closeness.objects.all()
    assert (near.person_id, near.author_id) == (ada.pk, pin.owner_id)
    assert (near.saves, near.opens) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_workers_share_and_count_once():
    pins, people = [make_pin() for _ in range(5)], [UserFactory() for _ in range(30)]
    ids = [pin.pk for pin in pins]
    for person in people:
        for _ in range(3):
            activity.append(person.pk, ids, ids[:2])
    together(*[take_in_all] * 4)
    take_in_all()
    assert impressions(*pins) == [30] * 5
    assert Closeness.objects.count() == 60
    assert set(Closeness.objects.values_list("opens", flat=True)) == {3}
    assert waiting() == []
    assert Intake.objects.count() == len({activity.partition_of(one.pk) for one in people})
