"""Top-level errors: their codes, and the mask over everything that is not for clients."""

import traceback
import uuid
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import structlog
from graphql import ExecutionResult, GraphQLError

from pinboard import errors
from pinboard.graphql.persisted import PersistedQueryNotFound
from pinboard.postgres.timeouts import took_too_long

log = structlog.get_logger(__name__)


# Some quote what they are about, which may be as long as the document.
MAX_MESSAGE = 500


class Code(StrEnum):
    """`extensions.code` of a top-level error; the whole list."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_INPUT = "BAD_INPUT"
    TOO_COMPLEX = "TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


_CODES: dict[type[errors.Refusal], Code] = {
    errors.Unauthenticated: Code.UNAUTHENTICATED,
    errors.Forbidden: Code.FORBIDDEN,
    errors.NotFound: Code.NOT_FOUND,
    errors.BadInput: Code.BAD_INPUT,
    errors.Invalid: Code.BAD_INPUT,
    errors.TooComplex: Code.TOO_COMPLEX,
    errors.RateLimited: Code.RATE_LIMITED,
    PersistedQueryNotFound: Code.PERSISTED_QUERY_NOT_FOUND,
}


def was_executed(result: ExecutionResult) -> bool:
    """Whether an operation was run, whatever came of it."""
    return result.data is not None or any(error.path for error in result.errors or [])


def body_of(result: ExecutionResult) -> dict[str, Any]:
    """A result as a client may see it; without `data` where nothing was executed."""
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = format_errors(result.errors)
    if was_executed(result):
        body["data"] = result.data
    return body


def format_errors(found: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """Errors as a client may see them. A fault that many fields share is reported once."""
    references: dict[int, str] = {}
    formatted = []
    for error in found:
        one: dict[str, Any] = {**error.formatted, "message": error.message[:MAX_MESSAGE]}
        cause = error.original_error
        if isinstance(cause, errors.Refusal):
            one["extensions"] = {"code": code_of(cause)}
        elif _is_the_documents(error):
            one["extensions"] = {"code": Code.BAD_INPUT}
        elif cause is not None and took_too_long(cause):
            one |= timeout()
        else:
            fault = cause or error
            reference = references.get(id(fault)) or references.setdefault(id(fault), report(fault))
            one |= internal(reference)
        formatted.append(one)
    return formatted


def refusal(cause: errors.Refusal) -> dict[str, Any]:
    """A refusal that no field of the document caused."""
    return {"message": str(cause), "extensions": {"code": code_of(cause)}}


def timeout() -> dict[str, Any]:
    """What a client hears where Postgres took longer than it may."""
    return {
        "message": "This took too long. Ask for less, or try again in a minute.",
        "extensions": {"code": Code.TIMEOUT},
    }


def internal(reference: str) -> dict[str, Any]:
    """What a client hears of a fault of ours."""
    return {
        "message": f"Something went wrong on our side. Reference: {reference}.",
        "extensions": {"code": Code.INTERNAL, "reference": reference},
    }


def code_of(cause: errors.Refusal) -> Code:
    """The code of a refusal."""
    return next(code for kind, code in _CODES.items() if isinstance(cause, kind))


def _is_the_documents(error: GraphQLError) -> bool:
    """Whether syntax, validation or an argument is at fault, and not a resolver's result.

    Before execution no error has a path; a `ValueError` is a value that can't be read, such as a number
    of 5,000 digits. After, graphql-core's own errors name the argument's node; those of a result that
    its type can't hold name none, and quote the result.
    """
    cause = error.original_error
    if error.path is None:
        return cause is None or isinstance(cause, (GraphQLError, ValueError))
    return isinstance(cause, GraphQLError) and bool(cause.nodes)


def report(cause: BaseException) -> str:
    """Log a fault of ours under a new reference. Its text stays out: it may hold personal data."""
    reference = uuid.uuid4().hex[:12]
    log.error(
        "graphql.internal_error",
        reference=reference,
        kind=type(cause).__name__,
        stack="".join(traceback.format_tb(cause.__traceback__)),
    )
    return reference
