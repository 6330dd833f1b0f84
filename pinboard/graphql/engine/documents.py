"""Documents: read, limited, validated and planned once, and kept while they are in use."""

from threading import Lock

from cachetools import LRUCache
from django.conf import settings
from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from pinboard import tracing
from pinboard.errors import BadInput, TooComplex
from pinboard.graphql.engine.limits import (
    MAX_TOKENS,
    MAX_VALIDATION_ERRORS,
    limit_depth,
    limit_length,
    limit_width,
    refuse_nul_in_text,
)
from pinboard.graphql.engine.merging import limit_merging
from pinboard.graphql.engine.plan import Operation

# What all documents that are kept may take, by the most that each can: `Operation.weight`.
KEPT_BYTES = 64 * 2**20


class InvalidDocument(Exception):
    """The document does not fit the schema."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        self.errors = errors
        super().__init__(f"{len(errors)} errors")


class Documents:
    """The documents of one schema. Invalid ones are not kept."""

    def __init__(self, schema: GraphQLSchema, kept_bytes: int = KEPT_BYTES) -> None:
        self._schema = schema
        self._kept: LRUCache[tuple[str, str | None], Operation] = LRUCache(
            kept_bytes, getsizeof=lambda operation: operation.weighed
        )
        self._lock = Lock()

    def known(self, digest: str, name: str | None) -> Operation | None:
        """The operation `name` of a document, or its only one, if it was prepared before."""
        with self._lock:
            try:
                return self._kept[digest, name]
            except KeyError:
                return None

    def prepare(self, digest: str, text: str, name: str | None) -> Operation:
        """The operation of a new document.

        Raises `GraphQLError` for what can't be parsed, a `Refusal` for what is too much,
        `InvalidDocument` for what does not fit the schema.
        """
        made = self._prepare(text, name)
        self.keep(digest, name, made)
        return made

    def keep(self, digest: str, name: str | None, operation: Operation) -> None:
        """Keep an operation by what it weighs now, which new conditions have made more."""
        weight = operation.weight
        if weight == operation.weighed:
            return
        with self._lock:
            self._kept.pop((digest, name), None)
            operation.weighed = weight
            if weight <= self._kept.maxsize:
                self._kept[digest, name] = operation

    def _rules(self) -> list[type[ASTValidationRule]]:
        more = () if settings.GRAPHQL_INTROSPECTION else (NoSchemaIntrospectionCustomRule,)
        return [*specified_rules, *more]

    def _prepare(self, text: str, name: str | None) -> Operation:
        with tracing.span("graphql.parse"):
            document, operation = _parsed(text, name)
        with tracing.span("graphql.validate"):
            self._validate(document, operation)
        with tracing.span("graphql.plan"):
            return Operation(self._schema, document, operation)

    def _validate(self, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        if self._schema.get_root_type(operation.operation) is None:
            kind = operation.operation.value
            raise GraphQLError(f"Schema is not configured to execute {kind} operation.", operation)
        errors = validate(
            self._schema,
            document,
            rules=self._rules(),
            max_errors=MAX_VALIDATION_ERRORS,
            hide_suggestions=not settings.GRAPHQL_INTROSPECTION,
        )
        if errors:
            raise InvalidDocument(errors)


def _parsed(text: str, name: str | None) -> tuple[DocumentNode, OperationDefinitionNode]:
    """A document that is within the limits, and its operation `name`."""
    limit_length(text)
    refuse_nul_in_text(text)
    try:
        document = parse(text, max_tokens=MAX_TOKENS)
        operation = _operation(document, name)
        limit_width(document)
        limit_depth(document, operation)
        limit_merging(document)
    except RecursionError:
        raise TooComplex(
            "The document is nested too deep to be read. Ask in several requests."
        ) from None
    return document, operation


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    named = [one for one in operations if name is None or (one.name and one.name.value == name)]
    if len(named) != 1:
        raise BadInput(
            f"The document has no operation named `{name}`."
            if name is not None
            else "The document must have one operation, or the request name one in `operationName`."
        )
    return named[0]
