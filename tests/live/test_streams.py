"""Streams, over HTTP from a real process: how they begin, what they tell, how they end."""

import json
import socket
from contextlib import ExitStack
from http.client import HTTPResponse

import httpx
import pytest
from django.conf import settings
from django.core.cache import cache
from django_redis import get_redis_connection

from apps.follows.services import follow_person
from apps.media.services import upload_picture
from apps.pins.services import create_pin, delete_pin
from apps.users.services import suspend_person
from pinboard.cache import keys
from pinboard.live.leases import MAX_STREAMS
from tests.auth import PASSWORD, Auth
from tests.factories.boards import BoardFactory
from tests.factories.media import uploaded
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.live.process import StreamClient
from tests.media.samples import encode

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSED = "subscription { pinProcessed(pinId: %s) { pin { id picture { state reason } } } }"
GREW = "subscription { homeFeedGrew { count } }"
VIEWER = "{ viewer { username } }"


@pytest.fixture
def ada():
    return UserFactory(username="ada")


@pytest.fixture
def board(ada):
    """A board of somebody whom Ada follows."""
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    return board


@pytest.fixture
def ada_streams(live, ada):
    return StreamClient(live, ada)


def new_pin(owner, content):
    """A pin whose picture waits for a worker."""
    board = BoardFactory(owner=owner)
    picture_id = upload_picture(owner_id=owner.pk, file=uploaded(content))
    return create_pin(owner_id=owner.pk, board_id=board.pk, picture_id=picture_id)


def processed(pin_id, state, reason=None):
    """All events of a pin that is processed."""
    pin = {"id": str(pin_id), "picture": {"state": state, "reason": reason}}
    return [("next", {"data": {"pinProcessed": {"pin": pin}}}), ("complete", None)]


def grew(count):
    return "next", {"data": {"homeFeedGrew": {"count": count}}}


def codes(event):
    name, data = event
    assert name == "next"
    return [error["extensions"]["code"] for error in data["errors"]]


# --- A pin --------------------------------------------------------------------------------------


def test_a_pin_is_told_of_when_its_picture_is_ready(ada, ada_streams, outbox):
    pin_id = new_pin(ada, encode())
    with ada_streams.open(PROCESSED % pin_id) as events:
        assert events.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert events.response.headers["cache-control"] == "no-store"
        outbox.drain()
        assert events.rest() == processed(pin_id, "READY")


def test_a_pin_is_told_of_when_its_picture_is_broken(ada, ada_streams, outbox):
    content = encode()
    pin_id = new_pin(ada, content[: len(content) // 2])
    with ada_streams.open(PROCESSED % pin_id) as events:
        outbox.drain()
        assert events.rest() == processed(pin_id, "BROKEN", "BROKEN")


def test_a_processed_pin_is_told_of_at_once(live):
    pin = make_pin()
    assert StreamClient(live, pin.owner).ask(PROCESSED % pin.pk) == processed(pin.pk, "READY")


def test_a_pin_that_went_meanwhile_is_null(ada, ada_streams, outbox):
    pin_id = new_pin(ada, encode())
    with ada_streams.open(PROCESSED % pin_id) as events:
        delete_pin(actor_id=ada.pk, pin_id=pin_id)
        outbox.drain()
        gone = ("next", {"data": {"pinProcessed": {"pin": None}}})
        assert events.rest() == [gone, ("complete", None)]


def test_anothers_pin_is_as_one_that_never_was(ada_streams):
    pin = make_pin()
    anothers = ada_streams.ask(PROCESSED % pin.pk)
    delete_pin(actor_id=pin.owner_id, pin_id=pin.pk)
    assert anothers == ada_streams.ask(PROCESSED % pin.pk)
    assert (codes(anothers[0]), anothers[1:]) == (["NOT_FOUND"], [("complete", None)])


# --- The home feed ------------------------------------------------------------------------------


def test_the_feed_grows_by_what_was_fanned_out(board, ada_streams, outbox):
    outbox.drain()
    with ada_streams.open(GREW) as events:
        make_pin(board)
        outbox.drain()
        assert events.next() == grew(1)
        for _ in range(3):
            make_pin(board)
        outbox.drain()
        told = 0
        while told < 3:
            told += events.next()[1]["data"]["homeFeedGrew"]["count"]
        assert told == 3


def test_what_leaves_a_feed_is_no_growth(board, ada_streams, outbox):
    pin = make_pin(board)
    outbox.drain()
    with ada_streams.open(GREW) as events:
        delete_pin(actor_id=board.owner_id, pin_id=pin.pk)
        make_pin(BoardFactory())  # of somebody whom Ada does not follow
        outbox.drain()
        make_pin(board)
        outbox.drain()
        assert events.next() == grew(1)


def test_what_was_missed_without_valkey_is_found_when_it_is_back(board, ada_streams, outbox):
    outbox.drain()
    with ada_streams.open(GREW) as events:
        assert get_redis_connection("default").client_kill_filter(_type="pubsub") > 0
        make_pin(board)
        outbox.drain()
        assert events.next() == grew(1)


def test_growth_that_is_not_announced_is_found_by_looking(
    board, ada, watchful_live, outbox, monkeypatch
):
    outbox.drain()
    with StreamClient(watchful_live, ada).open(GREW) as events:
        monkeypatch.setattr("apps.feed.store.announce", lambda *topics: None)
        make_pin(board)
        outbox.drain()
        assert events.next() == grew(1)


def test_that_nobody_knows_any_more_who_watches_ends_within_a_look(
    board, ada, watchful_live, outbox
):
    outbox.drain()
    with StreamClient(watchful_live, ada).open(GREW) as events:
        get_redis_connection("default").delete(keys.timelines_watched(), keys.timeline(ada.pk))
        make_pin(board)
        outbox.drain()
        assert events.next() == grew(1)


def test_a_picture_of_which_nobody_tells_is_found_by_looking(
    ada, watchful_live, outbox, monkeypatch
):
    pin_id = new_pin(ada, encode())
    with StreamClient(watchful_live, ada).open(PROCESSED % pin_id) as events:
        monkeypatch.setattr("apps.media.handlers.announce", lambda *topics: None)
        outbox.drain()
        assert events.rest() == processed(pin_id, "READY")


# --- Who may --------------------------------------------------------------------------------------


def test_nobody_is_refused(live):
    client = StreamClient(live)
    assert client.refused(GREW) == (401, "UNAUTHENTICATED")
    client.headers["Authorization"] = "Bearer nonsense"
    assert client.refused(GREW) == (401, "UNAUTHENTICATED")


def test_a_browser_sends_its_cookie_and_the_csrf_token(live, ada_streams):
    cookie = f"{settings.SESSION_COOKIE_NAME}={ada_streams.session}"
    browser = StreamClient(live)
    browser.headers["Cookie"] = cookie
    assert browser.refused(GREW) == (403, "FORBIDDEN")
    token = "a" * 32
    browser.headers |= {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token}
    with browser.open(GREW) as events:
        assert events.response.status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_an_event_source_is_of_the_same_origin(live, ada_streams, headers, status):
    browser = StreamClient(live)
    browser.headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={ada_streams.session}"
    with browser.open(GREW, method="GET", headers=headers) as events:
        assert events.response.status_code == status


def test_a_viewer_has_so_many_streams(ada, ada_streams, live):
    with ExitStack() as all_open:
        for _ in range(MAX_STREAMS):
            all_open.enter_context(ada_streams.open(GREW))
        assert ada_streams.refused(GREW) == (429, "RATE_LIMITED")
        # A query needs no place among them, nor does another person.
        (name, answer), _complete = ada_streams.ask(VIEWER)
        assert (name, answer["data"]) == ("next", {"viewer": {"username": "ada"}})
        with StreamClient(live, UserFactory()).open(GREW) as events:
            assert events.response.status_code == 200


def test_a_closed_stream_makes_room(ada_streams):
    for _ in range(MAX_STREAMS + 1):
        with ada_streams.open(GREW) as events:
            assert events.response.status_code == 200


# --- How streams end --------------------------------------------------------------------------------


def assert_logged_out(events):
    last, complete = events.rest()
    assert (codes(last), complete) == (["UNAUTHENTICATED"], ("complete", None))


def logged_in():
    """Somebody, and an app that is logged in as them."""
    person, app = UserFactory(password=PASSWORD), Auth()
    assert app.log_in(username=person.username).status_code == 200
    return person, app


def test_a_suspended_persons_streams_end(live):
    person, app = logged_in()
    client = StreamClient(live, session=app.token)
    with client.open(GREW) as events:
        suspend_person(actor_id=UserFactory().pk, user_id=person.pk, reason="a test")
        assert_logged_out(events)
    assert client.refused(GREW) == (401, "UNAUTHENTICATED")


def test_the_streams_of_a_session_end_with_it(live, outbox):
    person, app = logged_in()
    elsewhere = StreamClient(live, person)
    board = BoardFactory()
    follow_person(follower_id=person.pk, person_id=board.owner_id)
    with (
        StreamClient(live, session=app.token).open(GREW) as ending,
        elsewhere.open(GREW) as going_on,
    ):
        app.send("DELETE", "auth/session")
        assert_logged_out(ending)
        make_pin(board)
        outbox.drain()
        assert going_on.next() == grew(1)


def test_a_session_of_whose_end_nobody_told_ends_its_streams(hasty_live):
    person, app = logged_in()
    with StreamClient(hasty_live, session=app.token).open(GREW) as events:
        person.set_password("another one entirely")
        person.save()
        cache.clear()  # for some seconds a session is good without Postgres
        assert_logged_out(events)


def test_a_stream_that_is_old_is_cut(hasty_live, ada):
    with StreamClient(hasty_live, ada).open(GREW) as events:
        assert events.rest() == []


def test_a_killed_process_is_followed_by_another(own_live, ada, board, outbox):
    client = StreamClient(own_live, ada)
    with client.open(GREW) as events:
        own_live.kill()
        with pytest.raises(httpx.RemoteProtocolError):
            events.rest()
    own_live.start()
    with client.open(GREW) as events:
        make_pin(board)
        outbox.drain()
        assert events.next() == grew(1)


def test_a_process_that_is_asked_to_end_cuts_its_streams(own_live, ada):
    with StreamClient(own_live, ada).open(GREW) as events:
        own_live.stop()
        # No `complete`: clients come again, to the next process.
        with pytest.raises(httpx.RemoteProtocolError):
            events.rest()


# --- The protocol ---------------------------------------------------------------------------------


def test_a_query_is_one_event(live):
    client = StreamClient(live)
    for method in ("POST", "GET"):
        (name, answer), complete = client.ask(VIEWER, method=method)
        assert (name, answer["data"]) == ("next", {"viewer": None})
        assert complete == ("complete", None)


def test_a_mutation_is_not_sent_by_get(ada_streams):
    mutation = 'mutation { deletePin(input: {pinId: "1"}) { userErrors { code } } }'
    assert ada_streams.refused(mutation, method="GET") == (405, "BAD_INPUT")
    assert [name for name, _ in ada_streams.ask(mutation)] == ["next", "complete"]


@pytest.mark.parametrize(
    "query",
    [
        "subscription {",
        "subscription { noSuchField }",
        "subscription { homeFeedGrew { count } pinProcessed(pinId: 1) { pin { id } } }",
        "subscription { homeFeedGrew @skip(if: true) { count } }",
        "subscription { __typename }",
        'subscription { pinProcessed(pinId: "one") { pin { id } } }',
        "subscription($id: ID!) { pinProcessed(pinId: $id) { pin { id } } }",
    ],
)
def test_what_is_wrong_with_a_document_comes_as_an_event(ada_streams, query):
    answer, complete = ada_streams.ask(query)
    assert (set(codes(answer)), complete) == ({"BAD_INPUT"}, ("complete", None))


def test_a_document_that_is_too_much_comes_as_an_event(ada_streams):
    fields = " ".join(f"a{number}: username" for number in range(1_000))
    answer, complete = ada_streams.ask(f"{{ viewer {{ {fields} }} }}")
    assert (codes(answer), complete) == (["TOO_COMPLEX"], ("complete", None))


def test_what_is_wrong_with_a_request_has_a_status(live, ada_streams):
    assert ada_streams.refused("") == (400, "BAD_INPUT")
    for accept in ("application/json", "text/event-stream;q=0, */*", "a/b; q*=nothing''1"):
        assert ada_streams.refused(GREW, headers={"Accept": accept}) == (406, "BAD_INPUT")
    form = {"Content-Type": "text/plain"}
    assert ada_streams.refused(GREW, headers=form) == (415, "BAD_INPUT")
    assert ada_streams.refused(VIEWER + " " * 1_000_001) == (413, "BAD_INPUT")
    assert httpx.put(ada_streams.address).status_code == 405
    assert httpx.get(f"{live.url}/admin/").status_code == 404


def test_a_request_that_is_cut_off_is_told_so(live):
    """The one that sends it may listen on."""
    head = b"POST /graphql/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as connection:
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)
        response = HTTPResponse(connection)
        response.begin()
        body = json.loads(response.read())
    assert response.status == 400
    assert body["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_the_web_endpoint_names_where_subscriptions_are(api, ada):
    client = api.as_(ada)
    answer = client(GREW)
    assert (answer.status, answer.codes) == (400, ["BAD_INPUT"])
    assert "/graphql/stream" in answer.body["errors"][0]["message"]
    by_get = client.client.get("/graphql", {"query": GREW})
    assert "/graphql/stream" in by_get.json()["errors"][0]["message"]
