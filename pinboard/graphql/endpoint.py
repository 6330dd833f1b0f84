"""One operation, from what a request asks for to its answer, whatever brought it."""

from typing import Any, NamedTuple

from django.conf import settings
from graphql import ExecutionResult, GraphQLError, OperationType

from pinboard import tracing
from pinboard.errors import BadInput, Refusal, TooComplex, Unauthenticated
from pinboard.graphql import metrics, persisted
from pinboard.graphql.context import Context, Spending
from pinboard.graphql.engine.documents import Documents, InvalidDocument
from pinboard.graphql.engine.execution import Execution
from pinboard.graphql.engine.limits import limit_values
from pinboard.graphql.engine.plan import Operation
from pinboard.graphql.engine.subscription import Subscription, subscribe
from pinboard.graphql.engine.tracing import TracedExecution
from pinboard.graphql.engine.variables import coerced
from pinboard.graphql.errors import body_of, format_errors, was_executed
from pinboard.graphql.points import Points
from pinboard.graphql.record import Record

# What a request costs that is not executed: reading a document is work too.
REFUSED_PRICE = 10


class NeedsPost(BadInput):
    """A mutation came by GET."""


class NeedsStream(BadInput):
    """A subscription came to an endpoint that answers once."""


class Call(NamedTuple):
    """What is asked for. `query`: none where the document goes by its `sha256` alone.

    `holder`: whose points are spent. `only_queries`: it came by GET and must change nothing.
    """

    query: str | None
    sha256: str | None = None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    only_queries: bool = False
    holder: str = ""
    client: metrics.Client = metrics.Client()


class Answer(NamedTuple):
    """`executed`: whether it came to fields. `body` has `data` then, and may have `errors`."""

    body: dict[str, Any]
    executed: bool


class Endpoint:
    """Answers operations of one schema."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._points = Points()

    def answer(self, call: Call, context: Context) -> Answer:
        """The answer to one operation. Raises `Refusal` for a request that is none."""
        record = Record(call.operation_name, call.client)
        with tracing.span("graphql.operation"), record:
            result = self._result(call, context, record)
            errors = format_errors(result.errors or ())
            executed = was_executed(result)
            record.note(errors, executed=executed)
        body: dict[str, Any] = {"errors": errors} if errors else {}
        if executed:
            body["data"] = result.data
            body["extensions"] = {"cost": record.cost}
            _keep_document(call)
        return Answer(body, executed)

    def subscribe(self, call: Call, context: Context) -> Subscription | Answer:
        """Start a subscription; the answer where the operation is none, or is refused."""
        record = Record(call.operation_name, call.client)
        try:
            operation, values, price = self._prepared(call, record)
        except (InvalidDocument, GraphQLError):
            return self.answer(call, context)
        if operation.operation.operation is not OperationType.SUBSCRIPTION:
            return self.answer(call, context)
        if context.viewer_id is None:
            raise Unauthenticated("Log in to subscribe.")
        self._points.spend(call.holder, price)
        found = subscribe(operation, values, context)
        if isinstance(found, ExecutionResult):
            return Answer(body_of(found), was_executed(found))
        _keep_document(call)
        return found

    def _result(self, call: Call, context: Context, record: Record) -> ExecutionResult:
        try:
            operation, values, price = self._prepared(call, record)
        except InvalidDocument as invalid:
            return self._refused(call, invalid.errors)
        except GraphQLError as error:
            return self._refused(call, [error])
        except (persisted.PersistedQueryNotFound, NeedsPost):
            raise
        except Refusal as refused:
            return self._refused(call, [GraphQLError(str(refused), original_error=refused)])
        if operation.operation.operation is OperationType.SUBSCRIPTION:
            raise NeedsStream("Subscriptions are served as server-sent events, at /graphql/stream.")
        record.portion = portion = self._points.spend(call.holder, price)
        spending = Spending(price, portion.balance.left)
        kind = TracedExecution if tracing.is_on() else Execution
        execution = kind(operation, values, Context(context.request, context.viewer_id, spending))
        try:
            return execution.run()
        finally:
            record.actual = min(execution.points, price)
            portion.give_back(price - record.actual)

    def _prepared(self, call: Call, record: Record) -> tuple[Operation, dict[str, Any], int]:
        """The operation, its variables' values and its price. Raises what is wrong with them."""
        variables = call.variables or {}
        limit_values(variables)
        digest = self._digest(call)
        operation = record.operation = self._operation(call, digest, record)
        if call.only_queries and operation.operation.operation is OperationType.MUTATION:
            raise NeedsPost("A GET request may only hold a query. Send mutations by POST.")
        values = coerced(operation, variables)
        try:
            price = record.requested = operation.variant(values).price(values)
        finally:
            self._documents.keep(digest, call.operation_name, operation)
        if price > settings.MAX_POINTS_A_REQUEST:
            raise TooComplex(
                f"This costs {price} points, and a request may cost {settings.MAX_POINTS_A_REQUEST}."
                " Ask for smaller pages, or in several requests."
            )
        return operation, values, price

    def _digest(self, call: Call) -> str:
        if call.query is None:
            return call.sha256 or ""
        return self._documents.digest(call.query)

    def _operation(self, call: Call, digest: str, record: Record) -> Operation:
        text = call.query
        persisted.require_taken(digest, by_hash=text is None)
        known = self._documents.known(digest, call.operation_name)
        if known is not None:
            record.was_planned = True
            return known
        if text is None:
            text = persisted.recall(digest)
        with tracing.span("graphql.plan"):
            return self._documents.prepare(digest, text, call.operation_name)

    def _refused(self, call: Call, errors: list[GraphQLError]) -> ExecutionResult:
        self._points.spend(call.holder, REFUSED_PRICE)
        return ExecutionResult(None, errors)


def _keep_document(call: Call) -> None:
    """Know a document by its hash from now on; it has proved to be valid."""
    if call.query is not None and call.sha256 is not None:
        persisted.keep(call.sha256, call.query)
