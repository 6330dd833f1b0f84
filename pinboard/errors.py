"""What may go wrong and is told to the person who caused it. Everything else is a fault of ours.

Services and selectors raise these; the GraphQL layer turns them into `userErrors` or into top-level
errors with a code. Messages are for people: they say what to do and hold nothing of Python or SQL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import models


class Reason(StrEnum):
    """Why one value of an input was refused; `UserError.code` in the API."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    TAKEN = "TAKEN"
    LIMIT_REACHED = "LIMIT_REACHED"
    SELF_REFERENCE = "SELF_REFERENCE"
    NOT_FOUND = "NOT_FOUND"
    UNSUPPORTED = "UNSUPPORTED"


@dataclass(frozen=True, slots=True)
class Problem:
    """One refused value: `field` is its path in the input, in snake case."""

    field: tuple[str, ...]
    message: str
    reason: Reason


class Refusal(Exception):
    """The base of all that is told to a client."""


class Invalid(Refusal):
    """A form's value that its author can mend. May hold several problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))

    @classmethod
    def at(cls, field: str, message: str, reason: Reason = Reason.INVALID) -> "Invalid":
        """One problem with the input field `field`; dots make a path."""
        return cls([Problem(tuple(field.split(".")), message, reason)])


class Unauthenticated(Refusal):
    """The request needs a person who is logged in."""

    def __init__(self, message: str = "Log in to do this.") -> None:
        super().__init__(message)


class Forbidden(Refusal):
    """The viewer sees the object and still may not do this with it."""


class NotFound(Refusal):
    """No such object, or none that the viewer may see: the same answer for both."""

    def __init__(self, message: str = "There is no such object, or you may not see it.") -> None:
        super().__init__(message)


class BadInput(Refusal):
    """A malformed argument that no form of a client produces: a cursor, an id, a page size."""


class TooComplex(Refusal):
    """The document asks for more than one request may."""


class RateLimited(Refusal):
    """Too many requests; the message says when to come back."""


_REASONS = {
    "blank": Reason.REQUIRED,
    "null": Reason.REQUIRED,
    "required": Reason.REQUIRED,
    "max_length": Reason.TOO_LONG,
    "min_length": Reason.TOO_SHORT,
    "unique": Reason.TAKEN,
}


def validate(instance: models.Model, fields: Iterable[str]) -> None:
    """Check the named fields of an unsaved row by the model's own rules; raise `Invalid`.

    No query is made: what only the database knows (uniqueness) is for its constraints.
    """
    names = set(fields)
    others = {field.name for field in instance._meta.fields} - names
    problems = [
        Problem((name,), "The text holds a NUL character. Remove it.", Reason.INVALID)
        for name in sorted(names)
        if isinstance(value := getattr(instance, name, None), str) and "\x00" in value
    ]
    try:
        instance.clean_fields(exclude=others)
    except ValidationError as error:
        for name, found in error.error_dict.items():
            problems += [_problem(name, one) for one in found]
    if problems:
        raise Invalid(problems)


def _problem(name: str, error: ValidationError) -> Problem:
    return Problem((name,), error.messages[0], _REASONS.get(error.code or "", Reason.INVALID))
