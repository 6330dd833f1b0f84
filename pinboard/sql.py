"""Querysets as SQL texts that are compiled once and run many times.

A queryset is built with `Slot` expressions where a value belongs that only a request knows. Its SQL
text is compiled once; a run fills the slots and gives plain rows, with no model instances.
"""

import re
import struct
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from django.db import connection, models
from django.db.models.expressions import RawSQL
from psycopg.sql import Literal

from pinboard.postgres import replica
from pinboard.postgres.statements import Binary, Rows, Statement
from pinboard.visibility import NOBODY

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Slot:
    """A value to come, by name."""

    name: str

    def expression(self, sql_type: str = "bigint") -> RawSQL:
        """The slot as an expression for a queryset, cast to `sql_type`."""
        return RawSQL(f"%s::{sql_type}", (self,))  # noqa: S611 - the type is a literal of ours


VIEWER = Slot("viewer")
IDS = Slot("ids")

# Postgres's binary form of an array: dimensions, whether it has nulls, the elements' type, how many there
# are, the first one's number; then each with its size before it. Fewer than so many are quicker spelled.
_FEW = 8
_INT8_OID, _INT8_BYTES = 20, 8
_ELEMENT = np.dtype([("size", ">i4"), ("value", ">i8")])


def as_viewer(viewer_id: int | None) -> dict[str, Any]:
    """The value of `VIEWER`: a person's id, or one that is nobody's."""
    return {VIEWER.name: NOBODY if viewer_id is None else viewer_id}


class IsAny(models.Lookup):
    """`column = ANY(array)`: one text whatever the number of ids, unlike IN."""

    lookup_name = "any"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (value,)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_params, *right_params)


models.BigIntegerField.register_lookup(IsAny)
models.ForeignKey.register_lookup(IsAny)


def compile_queryset(queryset: models.QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """The SQL text of a queryset, and its slots.

    What is no slot is written into the text, where the planner sees it. A queryset that can hold
    nothing (`.none()`, an empty `IN`) compiles too, to a text that finds nothing. Every `%` of the
    text is doubled: run it with its parameters, though there be none.
    """
    compiler = queryset.query.get_compiler(connection=connection, elide_empty=False)
    sql, params = compiler.as_sql()
    spelled = iter([_spelled(param) for param in params])
    text = re.sub(r"%[s%]", lambda at: next(spelled) if at[0] == "%s" else at[0], sql)
    return text, [param for param in params if isinstance(param, Slot)]


def _spelled(param: Any) -> str:
    """A parameter as it stands in the text."""
    if isinstance(param, Slot):
        return "%s"
    connection.ensure_connection()
    return Literal(param).as_string(connection.connection).replace("%", "%%")


def fill(params: Sequence[Any], values: Mapping[str, Any]) -> list[Any]:
    """Parameters with every slot replaced by its value."""
    return [values[param.name] if isinstance(param, Slot) else param for param in params]


def flag(condition: models.Q) -> models.Case:
    """A condition as a value: true, or false also where it is unknown."""
    return models.Case(models.When(condition, then=True), default=False)


def numbered(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """A text with numbers for its parameters, and these: a slot of many places is one of them."""
    distinct = list(dict.fromkeys(params))
    numbers = iter([distinct.index(param) + 1 for param in params])
    text = re.sub(r"%[s%]", lambda at: f"${next(numbers)}" if at[0] == "%s" else at[0], sql)
    return text, distinct


def array(ids: Iterable[int]) -> str | Binary:
    """Ids as Postgres has an array, for a `Statement`: many of them take a tenth of the driver's time."""
    many = ids if isinstance(ids, np.ndarray) else list(ids)
    if len(many) < _FEW:
        return spelled(many)
    elements = np.empty(len(many), _ELEMENT)
    elements["size"], elements["value"] = _INT8_BYTES, many
    return Binary(struct.pack(">iiIii", 1, 0, _INT8_OID, len(many), 1) + elements.tobytes())


def spelled(ids: Iterable[int]) -> str:
    """Ids as Postgres spells an array."""
    return f"{{{','.join(map(str, ids))}}}"


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> Rows:
    """Run one statement, give all of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


class Later(NamedTuple, Generic[T]):
    """What a read will give: it is fetched when it is asked for, best together with others.

    `statement`: none where nothing has to be read. `make`: gives the result from the rows.
    """

    statement: Statement | None
    make: Callable[[Rows], T]

    @classmethod
    def known(cls, result: T) -> "Later[T]":
        """What is known already."""
        return cls(None, lambda _: result)

    def get(self) -> T:
        """Fetch it now, by itself."""
        result: T = together([self])[0]
        return result

    def then(self, change: Callable[[T], U]) -> "Later[U]":
        """The same, with its result changed."""
        make = self.make
        return Later(self.statement, lambda found: change(make(found)))


def together(laters: Collection[Later[Any]]) -> list[Any]:
    """The results of many reads, in one round trip to Postgres."""
    return [one.make(found) for one, found in zip(laters, fetched(laters), strict=True)]


def fetched(laters: Collection[Later[Any]]) -> list[Rows]:
    """The rows of many reads, in one round trip to Postgres; none for what is known already."""
    statements = [one.statement for one in laters if one.statement is not None]
    if not statements:
        return [[] for _ in laters]
    found = iter(replica.fetch(statements))
    return [next(found) if one.statement is not None else [] for one in laters]
