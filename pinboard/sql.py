"""Querysets as SQL texts that are compiled once and run many times.

A queryset is built with `Slot` expressions where a value belongs that only a request knows. Its SQL
text is compiled once; a run fills the slots and gives plain rows, with no model instances.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

from pinboard.visibility import NOBODY


@dataclass(frozen=True)
class Slot:
    """A value to come, by name."""

    name: str

    def expression(self, sql_type: str = "bigint") -> RawSQL:
        """The slot as an expression for a queryset, cast to `sql_type`."""
        return RawSQL(f"%s::{sql_type}", (self,))  # noqa: S611 - the type is a literal of ours


VIEWER = Slot("viewer")
IDS = Slot("ids")


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
    """The SQL text of a queryset and its parameters, slots among them.

    A queryset that can hold nothing (`.none()`, an empty `IN`) compiles too, to a text that finds
    nothing. Every `%` of the text is doubled: run it with its parameters, though there be none.
    """
    compiler = queryset.query.get_compiler(connection=connection, elide_empty=False)
    sql, params = compiler.as_sql()
    return sql, list(params)


def fill(params: Sequence[Any], values: Mapping[str, Any]) -> list[Any]:
    """Parameters with every slot replaced by its value."""
    return [values[param.name] if isinstance(param, Slot) else param for param in params]


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement, give all of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
