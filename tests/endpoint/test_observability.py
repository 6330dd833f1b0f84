"""What operations leave behind: metrics, spans, a line in the log for slow ones."""

from collections import Counter

import graphene
import pytest
from django.test import Client
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from pinboard import tracing
from pinboard.graphql import metrics
from pinboard.graphql.metrics import MAX_NAMES, OTHER, Names
from pinboard.spans import hand_to
from tests.endpoint.schemas import ask, endpoint
from tests.factories.boards import BoardFactory
from tests.factories.users import UserFactory


def sample(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


@pytest.fixture
def ada(db):
    return UserFactory(username="ada")


def test_operations_are_counted_by_name(api, ada):
    client = api.as_(ada)
    before = sample("pinboard_graphql_statements_total", operation="CountMe")
    for _ in range(3):
        client("query CountMe { viewer { username } }")
    client("query CountMe { viewer { username }")
    assert sample("pinboard_graphql_operations_total", operation="CountMe", outcome="ok") == 3
    assert sample("pinboard_graphql_seconds_count", operation="CountMe") == 3
    assert sample("pinboard_graphql_points_total", operation="CountMe") == 6
    assert sample("pinboard_graphql_statements_total", operation="CountMe") - before == 3
    plans = {"operation": "CountMe", "source": "cache"}
    assert sample("pinboard_graphql_plans_total", **plans) == 2
    assert sample("pinboard_graphql_plans_total", **{**plans, "source": "made"}) == 1


def test_errors_are_counted_by_code(api, ada):
    api.as_(ada)('query FailMe { node(id: "x") { id } }')
    assert sample("pinboard_graphql_errors_total", operation="FailMe", code="BAD_INPUT") == 1
    assert sample("pinboard_graphql_operations_total", operation="FailMe", outcome="errors") == 1


def test_what_is_refused_before_it_is_an_operation_is_counted_by_code(api, ada, settings):
    def errors(code):
        return sample("pinboard_graphql_errors_total", operation="TooOften", code=code)

    def refused():
        labels = {"operation": "TooOften", "outcome": "refused"}
        return sample("pinboard_graphql_operations_total", **labels)

    settings.RATE_LIMIT_POINTS, settings.RATE_LIMIT_REFILL = 3, 1
    client = api.as_(ada)
    for _ in range(3):
        client("query TooOften { viewer { username } }")
    assert errors("RATE_LIMITED") == refused() > 0
    unknown = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
    before = sample(
        "pinboard_graphql_errors_total", operation="Unknown", code="PERSISTED_QUERY_NOT_FOUND"
    )
    Client().post(
        "/graphql",
        {"operationName": "Unknown", "extensions": unknown},
        content_type="application/json",
    )
    after = sample(
        "pinboard_graphql_errors_total", operation="Unknown", code="PERSISTED_QUERY_NOT_FOUND"
    )
    assert after - before == 1


@pytest.mark.parametrize(
    ("code", "body", "kind", "headers"),
    [
        ("BAD_INPUT", b"{", "application/json", {}),
        ("BAD_INPUT", b"{}", "text/plain", {}),
        ("UNAUTHENTICATED", b"{}", "application/json", {"Authorization": "Bearer nonsense"}),
    ],
)
def test_what_is_refused_before_it_is_read_is_counted_by_code(db, code, body, kind, headers):
    def refused():
        return sample("pinboard_graphql_requests_refused_total", code=code)

    def operations():
        families = [one for one in REGISTRY.collect() if one.name == "pinboard_graphql_operations"]
        return sum(one.value for one in families[0].samples if one.name.endswith("_total"))

    before, operations_before = refused(), operations()
    answer = Client().post("/graphql", body, content_type=kind, headers=headers)
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == [code]
    assert (refused() - before, operations() - operations_before) == (1, 0)


def test_names_that_clients_choose_are_bounded():
    names, first = Names(), [(str(at),) for at in range(MAX_NAMES)]
    assert [names.bounded(*name) for name in first] == first
    assert (names.bounded("one more"), names.bounded("7")) == ((OTHER,), ("7",))


def test_clients_are_bounded_with_their_versions(db, monkeypatch):
    monkeypatch.setattr(metrics, "clients", Names())
    view = endpoint(Old)
    for at in range(MAX_NAMES + 20):
        client = {"X-Client-Name": f"many{at % 30}", "X-Client-Version": str(at)}
        ask(view, "{ old }", headers=client)
    uses = [
        labels
        for family in REGISTRY.collect()
        if family.name == "pinboard_graphql_deprecated_fields"
        for _, labels, *_ in family.samples
        if labels["client"].startswith("many")
    ]
    assert len(uses) == 2 * MAX_NAMES  # `_total` and `_created`
    rest = {"field": "Old.old", "client": OTHER, "version": OTHER}
    assert sample("pinboard_graphql_deprecated_fields_total", **rest) == 20


class Old(graphene.ObjectType):
    new = graphene.String()
    old = graphene.String(deprecation_reason="Ask for `new`. Goes on 2027-01-01.")


def test_who_uses_what_is_deprecated_is_counted(db):
    view = endpoint(Old)
    for query in ("{ new }", "{ old }", "{ ...A } fragment A on Old { x: old }"):
        ask(view, query, headers={"X-Client-Name": "ios", "X-Client-Version": "7.1"})
    uses = {"field": "Old.old", "client": "ios", "version": "7.1"}
    assert sample("pinboard_graphql_deprecated_fields_total", **uses) == 2


def test_a_slow_operation_is_logged_with_its_plan(api, ada, settings):
    settings.SLOW_OPERATION_MS = 0
    with capture_logs() as logs:
        api.as_(ada)("query Slow { viewer { username boards { nodes { pins { totalCount } } } } }")
    (line,) = [one for one in logs if one["event"] == "graphql.slow"]
    assert line["operation"] == "Slow"
    assert line["plan"] == "viewer {boards {nodes {pins}}}"
    assert (line["points"], line["statements"]) == (3, 2)
    assert line["milliseconds"] >= 0


def test_metrics_are_for_who_has_the_token(db, settings):
    assert b"pinboard_graphql_operations" in Client().get("/metrics").content
    settings.METRICS_TOKEN = "secret"
    assert Client().get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer secret"}).status_code == 200
    settings.METRICS_TOKEN, settings.PRODUCTION = "", True
    assert Client().get("/metrics").status_code == 404


def tree(found):
    """How many spans there are of each name, beneath one of each name."""
    names = {one.context.span_id: one.name for one in found}
    return Counter((one.name, one.parent and names[one.parent.span_id]) for one in found)


@pytest.fixture(scope="module")
def spans():
    """Spans of the process, from here on."""
    exporter = InMemorySpanExporter()
    hand_to(SimpleSpanProcessor(exporter))
    yield exporter
    tracing.stop()


def test_there_is_a_span_for_each_position_and_statement(api, ada, spans):
    for _ in range(2):
        BoardFactory(owner=ada)
    client = api.as_(ada)
    query = "query Traced { viewer { username boards { nodes { owner { username } } } } }"
    client(query)
    spans.clear()
    client(query)
    found = spans.get_finished_spans()
    assert tree(found) == dict.fromkeys(
        [
            ("graphql.operation", None),
            ("Query.viewer", "graphql.operation"),
            ("User.username", "Query.viewer"),
            ("User.boards", "Query.viewer"),
            ("BoardConnection.nodes", "User.boards"),
            ("Board.owner", "BoardConnection.nodes"),
            ("User.username", "Board.owner"),
            ("sql", "graphql.operation"),
            ("sql", "Query.viewer"),
            ("sql", "BoardConnection.nodes"),
        ],
        1,
    )
    by_name = {one.name: one.attributes for one in found}
    assert by_name["graphql.operation"]["operation"] == "Traced"
    assert by_name["Query.viewer"]["objects"] == 1
    assert by_name["Board.owner"]["objects"] == 2


def steps(spans):
    """The spans of what is done before fields are resolved, as they ended."""
    names = [one.name for one in spans.get_finished_spans() if one.name.startswith("graphql.")]
    assert tree(spans.get_finished_spans()) >= Counter(
        (name, "graphql.operation") for name in names if name != "graphql.operation"
    )
    spans.clear()
    return names


def test_there_is_a_span_for_each_step_to_a_plan(api, spans):
    query = "query Steps($more: Boolean!) { viewer { username id @include(if: $more) } }"
    spans.clear()
    api(query, more=True)
    # The second is that for the conditions, of which others may be to come.
    planned = ["graphql.plan", "graphql.plan"]
    assert steps(spans) == ["graphql.parse", "graphql.validate", *planned, "graphql.operation"]
    api(query, more=True)
    assert steps(spans) == ["graphql.operation"]
    api(query, more=False)
    assert steps(spans) == ["graphql.plan", "graphql.operation"]
    api("{ viewer { noSuchField } }")
    assert steps(spans) == ["graphql.parse", "graphql.validate", "graphql.operation"]


def test_spans_tell_the_kind_of_an_error_and_not_its_text(api, spans):
    spans.clear()
    api('{ viewer(secret: "of mine" }')
    failed = {one.name: one for one in spans.get_finished_spans()}["graphql.parse"]
    assert (failed.status.status_code, failed.status.description) == (
        StatusCode.ERROR,
        "GraphQLSyntaxError",
    )
    assert failed.events == ()
