"""Top-level errors: their codes, and the mask over everything that is not for clients."""

import traceback
import uuid
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError

from pinboard import errors

log = structlog.get_logger(__name__)


class Code(StrEnum):
    """`extensions.code` of a top-level error; the whole list."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_INPUT = "BAD_INPUT"
    TOO_COMPLEX = "TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    INTERNAL = "INTERNAL"


_CODES: dict[type[errors.Refusal], Code] = {
    errors.Unauthenticated: Code.UNAUTHENTICATED,
    errors.Forbidden: Code.FORBIDDEN,
    errors.NotFound: Code.NOT_FOUND,
    errors.BadInput: Code.BAD_INPUT,
    errors.Invalid: Code.BAD_INPUT,
    errors.TooComplex: Code.TOO_COMPLEX,
    errors.RateLimited: Code.RATE_LIMITED,
}


def format_error(error: GraphQLError) -> dict[str, Any]:
    """The error as a client may see it."""
    cause = error.original_error
    formatted: dict[str, Any] = dict(error.formatted)
    if cause is None or isinstance(cause, GraphQLError):
        # The document's own fault: syntax, validation, or the coercion of a variable.
        formatted["extensions"] = {"code": Code.BAD_INPUT}
    elif isinstance(cause, errors.Refusal):
        formatted["extensions"] = {"code": _CODES[type(cause)]}
    else:
        reference = report(cause)
        formatted["message"] = f"Something went wrong on our side. Reference: {reference}."
        formatted["extensions"] = {"code": Code.INTERNAL, "reference": reference}
    return formatted


def refusal(cause: errors.Refusal) -> dict[str, Any]:
    """A refusal that no field of the document caused."""
    return {"message": str(cause), "extensions": {"code": _CODES[type(cause)]}}


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
