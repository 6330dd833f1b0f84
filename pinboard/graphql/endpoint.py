"""One operation, from what a request asks for to its answer, whatever brought it."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeGuard, TypeVar

from graphql import ExecutionResult, GraphQLError, OperationType

from pinboard import tracing
from pinboard.errors import BadInput, Refusal, TooComplex, Unauthenticated
from pinboard.graphql import listed, metrics, persisted
from pinboard.graphql.configured import configured
from pinboard.graphql.context import Context, Spending
from pinboard.graphql.engine.documents import Documents, InvalidDocument
from pinboard.graphql.engine.limits import limit_values
from pinboard.graphql.engine.plan import Operation, Variant
from pinboard.graphql.engine.subscription import Subscription, subscribe
from pinboard.graphql.engine.tracing import execution
from pinboard.graphql.engine.variables import coerced
from pinboard.graphql.errors import body_of, was_executed
from pinboard.graphql.points import Points
from pinboard.graphql.record import Record
from pinboard.graphql.sources import execute

# What a request costs that is not executed: reading a document is work too.
REFUSED_PRICE = 10

Begun = TypeVar("Begun")


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


class Prepared(NamedTuple):
    """An operation that may run: its plans, its variables' `values`, and its `price` in points."""

    variant: Variant
    values: dict[str, Any]
    price: int


class Endpoint:
    """Answers operations of one schema."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._points = Points()

    def answer(self, call: Call, context: Context) -> Answer:
        """The answer to one operation. Raises `Refusal` for a request that is none."""
        record = Record(call.operation_name, call.client)
        with tracing.span("graphql.operation"), record:
            prepared = self._prepared_or_refused(call, record)
            if _is_subscription(prepared):
                raise NeedsStream(
                    "Subscriptions are served as server-sent events, at /graphql/stream."
                )
            return self._answer(call, context, prepared, record)

    def subscribe(
        self, call: Call, context: Context, begin: Callable[[Subscription], Begun]
    ) -> Begun | Answer:
        """What `begin` makes of a subscription; the answer where the operation is none, or its field fails.

        Raises `Refusal` for a request that is none, and what `begin` raises.
        """
        record = Record(call.operation_name, call.client)
        with tracing.span("graphql.operation"), record:
            prepared = self._prepared_or_refused(call, record)
            if not _is_subscription(prepared):
                return self._answer(call, context, prepared, record)
            if context.viewer_id is None:
                raise Unauthenticated("Log in to subscribe.")
            self._points.spend(call.holder, prepared.price)
            record.actual = prepared.price
            found = subscribe(prepared.variant, prepared.values, context)
            if isinstance(found, ExecutionResult):
                return _told(found, record)
            begun = begin(found)
            _keep_document(call)
            record.note([], executed=True)
            return begun

    def _answer(
        self, call: Call, context: Context, prepared: Prepared | ExecutionResult, record: Record
    ) -> Answer:
        if isinstance(prepared, ExecutionResult):
            return _told(prepared, record)
        result = self._executed(call, context, prepared, record)
        _keep_document(call)
        return _told(result, record)

    def _executed(
        self, call: Call, context: Context, prepared: Prepared, record: Record
    ) -> ExecutionResult:
        variant, values, price = prepared
        record.portion = portion = self._points.spend(call.holder, price)
        spending = Spending(price, portion.balance.left)
        run = execution(variant, values, Context(context.request, context.viewer_id, spending))
        try:
            return execute(_kind(prepared), context.viewer_id, run.run)
        finally:
            record.actual = min(run.points, price)
            portion.give_back(price - record.actual)

    def _prepared_or_refused(self, call: Call, record: Record) -> Prepared | ExecutionResult:
        try:
            return self._prepared(call, record)
        except InvalidDocument as invalid:
            return self._refused(call, invalid.errors)
        except GraphQLError as error:
            return self._refused(call, [error])
        except (persisted.PersistedQueryNotFound, NeedsPost):
            raise
        except Refusal as refused:
            return self._refused(call, [GraphQLError(str(refused), original_error=refused)])

    def _prepared(self, call: Call, record: Record) -> Prepared:
        """The operation, its variables' values and its price. Raises what is wrong with them."""
        variables = call.variables or {}
        limit_values(variables)
        digest = self._digest(call)
        operation = record.operation = self._operation(call, digest, record)
        if call.only_queries and operation.operation.operation is OperationType.MUTATION:
            raise NeedsPost("A GET request may only hold a query. Send mutations by POST.")
        values = coerced(operation, variables)
        variant = operation.variant(values)
        try:
            price = record.requested = variant.price(values)
        finally:
            self._documents.keep(digest, call.operation_name, operation)
        most = configured().max_points_a_request
        if price > most:
            raise TooComplex(
                f"This costs {price} points, and a request may cost {most}."
                " Ask for smaller pages, or in several requests."
            )
        return Prepared(variant, values, price)

    def _digest(self, call: Call) -> str:
        if call.query is None:
            return call.sha256 or ""
        return listed.digest(call.query)

    def _operation(self, call: Call, digest: str, record: Record) -> Operation:
        text = call.query
        persisted.require_taken(digest, by_hash=text is None)
        known = self._documents.known(digest, call.operation_name)
        if known is not None:
            record.was_planned = True
            return known
        if text is None:
            text = persisted.recall(digest)
        return self._documents.prepare(digest, text, call.operation_name)

    def _refused(self, call: Call, errors: list[GraphQLError]) -> ExecutionResult:
        self._points.spend(call.holder, REFUSED_PRICE)
        return ExecutionResult(None, errors)


def _is_subscription(prepared: Prepared | ExecutionResult) -> TypeGuard[Prepared]:
    if isinstance(prepared, ExecutionResult):
        return False
    return _kind(prepared) is OperationType.SUBSCRIPTION


def _kind(prepared: Prepared) -> OperationType:
    return prepared.variant.document.operation.operation


def _told(result: ExecutionResult, record: Record) -> Answer:
    """The answer that a result is, which is noted."""
    executed, body = was_executed(result), body_of(result)
    record.note(body.get("errors", []), executed=executed)
    if record.portion is not None:
        body["extensions"] = {"cost": record.cost}
    return Answer(body, executed)


def _keep_document(call: Call) -> None:
    """Know a document by its hash from now on; it has proved to be valid."""
    if call.query is not None and call.sha256 is not None:
        persisted.keep(call.sha256, call.query)
