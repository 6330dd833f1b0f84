"""What streams leave behind: metrics of the live process, spans that it sends, slow looks in the log."""

from collections import Counter
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from apps.follows.services import follow_person
from apps.users.services import suspend_person
from pinboard.live.leases import MAX_STREAMS
from tests.auth import PASSWORD, Auth
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.live.process import LiveProcess, StreamClient

pytestmark = pytest.mark.django_db(transaction=True)

GREW = "subscription %s { homeFeedGrew { count } }"
PROCESSED = "subscription %s { pinProcessed(pinId: %s) { pin { id author { username } } } }"


class Metrics:
    """What the live process tells Prometheus."""

    def __init__(self, live):
        self._url = f"{live.url}/metrics"

    def of(self, name):
        """The samples of an operation, by name and the labels that are left."""
        found = {}
        for one in self._samples("pinboard_"):
            labels = dict(one.labels)
            if labels.pop("operation", "") != name or one.name.endswith(("_bucket", "_created")):
                continue
            found[" ".join([one.name.removeprefix("pinboard_"), *labels.values()])] = one.value
        return found

    def refused(self, code):
        """How many requests were refused before they were read."""
        name = "pinboard_graphql_requests_refused_total"
        found = [one.value for one in self._samples(name) if one.labels == {"code": code}]
        return found[0] if found else 0

    def _samples(self, name=""):
        for family in text_string_to_metric_families(httpx.get(self._url).text):
            yield from (one for one in family.samples if one.name.startswith(name))


def wait_for(happened):
    """Wait until something has happened, ten seconds at most."""
    pause = Event()
    for _ in range(100):
        if happened():
            return
        pause.wait(0.1)
    raise AssertionError("it has not happened")


@pytest.fixture
def metrics(live):
    return Metrics(live)


@pytest.fixture
def ada():
    return UserFactory(username="ada")


@pytest.fixture
def ada_streams(live, ada):
    return StreamClient(live, ada)


def test_a_stream_is_counted_while_it_is_open(ada, ada_streams, metrics, outbox):
    board = BoardFactory()
    follow_person(follower_id=ada.pk, person_id=board.owner_id)
    outbox.drain()
    with ada_streams.open(GREW % "Open") as events:
        make_pin(board)
        outbox.drain()
        assert events.next()[1]["data"] == {"homeFeedGrew": {"count": 1}}
        found = metrics.of("Open")
        assert found["live_streams"] == 1
        assert found["live_events_total ok"] == 1
        assert found["graphql_operations_total ok"] == found["graphql_seconds_count"] == 1
        assert found["live_look_seconds_count"] > 1  # the first found nothing
    wait_for(lambda: metrics.of("Open")["live_streams"] == 0)


def test_an_operation_on_a_stream_has_the_metrics_of_any(live, metrics):
    pin = make_pin()
    client = StreamClient(live, pin.owner)
    query = PROCESSED % ("Whole", pin.pk)
    for _ in range(2):
        client.ask(query)
    found = metrics.of("Whole")
    timed = {name for name in found if name.endswith("_sum")}
    assert timed == {"graphql_seconds_sum", "live_look_seconds_sum"}
    assert all(0 < found.pop(name) < 10 for name in timed)
    assert {name: value for name, value in found.items() if value} == {
        "graphql_operations_total ok": 2,
        "graphql_plans_total made": 1,
        "graphql_plans_total cache": 1,
        "graphql_points_total": 8,
        "graphql_seconds_count": 2,
        "graphql_statements_total": 10,
        "live_events_total ok": 2,
        "live_look_seconds_count": 2,
        "live_statements_total": 8,
    }


def test_what_streams_refuse_is_counted_by_code(live, ada_streams, metrics):
    with ExitStack() as all_open:
        for _ in range(MAX_STREAMS):
            all_open.enter_context(ada_streams.open(GREW % "TooMany"))
        assert ada_streams.refused(GREW % "TooMany") == (429, "RATE_LIMITED")
    found = metrics.of("TooMany")
    assert found["graphql_operations_total ok"] == MAX_STREAMS
    assert found["graphql_operations_total refused"] == 1
    assert found["graphql_errors_total RATE_LIMITED"] == 1
    assert StreamClient(live).refused(GREW % "Nobody") == (401, "UNAUTHENTICATED")
    assert metrics.of("Nobody")["graphql_errors_total UNAUTHENTICATED"] == 1
    pin = make_pin()
    ada_streams.ask(PROCESSED % ("Anothers", pin.pk))
    found = metrics.of("Anothers")
    assert found["graphql_operations_total errors"] == 1
    assert found["graphql_errors_total NOT_FOUND"] == 1


def test_what_streams_refuse_before_it_is_read_is_counted_by_code(live, ada_streams, metrics):
    wrong, unknown = metrics.refused("BAD_INPUT"), metrics.refused("UNAUTHENTICATED")
    assert ada_streams.refused("") == (400, "BAD_INPUT")
    as_json = {"Accept": "application/json"}
    assert ada_streams.refused(GREW % "", headers=as_json) == (406, "BAD_INPUT")
    nobody = StreamClient(live, session="nonsense")
    assert nobody.refused(GREW % "") == (401, "UNAUTHENTICATED")
    assert metrics.refused("BAD_INPUT") - wrong == 2
    assert metrics.refused("UNAUTHENTICATED") - unknown == 1


def test_that_a_session_ended_is_an_event_with_an_error(live, metrics):
    ada, app = UserFactory(password=PASSWORD), Auth()
    assert app.log_in(username=ada.username).status_code == 200
    with StreamClient(live, session=app.token).open(GREW % "LoggedOut") as events:
        suspend_person(actor_id=UserFactory().pk, user_id=ada.pk, reason="a test")
        assert len(events.rest()) == 2
    found = metrics.of("LoggedOut")
    assert found["live_events_total errors"] == 1
    assert found["graphql_errors_total UNAUTHENTICATED"] == 1
    assert found["graphql_operations_total ok"] == 1


@contextmanager
def receiver():
    """An OTLP receiver; its address, and the spans that it has."""
    spans = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            for resource in ExportTraceServiceRequest.FromString(sent).resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing of requests."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", spans
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_live_process_sends_spans(monkeypatch):
    pin = make_pin()
    with receiver() as (address, spans):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")  # milliseconds
        live = LiveProcess().start()
        try:
            StreamClient(live, pin.owner).ask(PROCESSED % ("Traced", pin.pk))
            wait_for(lambda: "graphql.operation" in [one.name for one in spans])
        finally:
            live.kill()
    names = {one.span_id: one.name for one in spans}
    tree = Counter((one.name, names.get(one.parent_span_id)) for one in spans)
    assert {above: tree[one, above] for one, above in tree if one == "sql" and above} == {
        "graphql.operation": 1,  # the source asks whose pin it is
        "graphql.look": 2,
        "Subscription.pinProcessed": 1,
        "PinProcessed.pin": 1,
    }
    assert {one: count for one, count in tree.items() if one[0] != "sql"} == {
        ("graphql.operation", None): 1,
        ("graphql.parse", "graphql.operation"): 1,
        ("graphql.validate", "graphql.operation"): 1,
        ("graphql.plan", "graphql.operation"): 2,
        ("graphql.look", "graphql.operation"): 1,
        ("Subscription.pinProcessed", "graphql.look"): 1,
        ("PinProcessed.pin", "Subscription.pinProcessed"): 1,
        ("Pin.id", "PinProcessed.pin"): 1,
        ("Pin.author", "PinProcessed.pin"): 1,
        ("User.username", "Pin.author"): 1,
    }


def test_a_slow_look_is_logged_with_its_plan(settings):
    settings.SLOW_OPERATION_MS, settings.ROOT_URLCONF = 0, "config.live"
    pin = make_pin()
    browser = AsyncClient(headers={"Accept": "text/event-stream", "Sec-Fetch-Site": "same-origin"})
    browser.force_login(pin.owner)
    query = {"query": PROCESSED % ("Slow", pin.pk)}
    with capture_logs() as logs:
        answer = async_to_sync(browser.get)("/graphql/stream", query)
    assert b"event: complete" in answer.content
    look, start = [one for one in logs if one["event"] == "graphql.slow"]
    assert (look["operation"], look["plan"]) == ("Slow", "pinProcessed {pin {author}}")
    assert (look["statements"], start["statements"]) == (4, 5)
    assert 0 < look["milliseconds"] <= start["milliseconds"]
