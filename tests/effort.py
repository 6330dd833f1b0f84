"""How many rows Postgres goes through for something: what no clock says exactly.

A plan may read a table once for each row of another. With a thousand of each nobody sees it, and with a hundred
thousand it does not end. Postgres tells the plans of whatever it runs, and what became of them (`auto_explain`).
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, transaction

from pinboard.sql import rows

T = TypeVar("T")

SIZE = 1_000

_TELL = """
LOAD 'auto_explain';
SET LOCAL auto_explain.log_min_duration = 0;
SET LOCAL auto_explain.log_parameter_max_length = 0;
SET LOCAL auto_explain.log_analyze = on;
SET LOCAL auto_explain.log_timing = off;
SET LOCAL auto_explain.log_format = json;
SET LOCAL auto_explain.log_level = notice;
SET LOCAL client_min_messages = notice
"""
_TELL_NO_MORE = "SET LOCAL auto_explain.log_min_duration = -1"
_FORGET = """
SELECT pg_clear_relation_stats('public', relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
# Of tables with more than some pages.
_COMPACT = """
SELECT format('CLUSTER %%I USING %%I', of_table.relname, key.relname) FROM pg_index
JOIN pg_class AS of_table ON of_table.oid = indrelid JOIN pg_class AS key ON key.oid = indexrelid
WHERE indisprimary AND of_table.relnamespace = 'public'::regnamespace AND pg_relation_size(indrelid) > 80000
"""


def effort(act: Callable[[], object]) -> float:
    """How many rows `act` goes through."""
    with _told() as plans:
        act()
    return sum(map(_rows, plans))


def assert_in_proportion(
    grow: Callable[[int], list[T]], act: Callable[[list[T]], object], *, most: int
) -> None:
    """`act` goes through at most `most` rows for each thing that `grow` makes, in a world and in one twice
    as large, of which it goes through about twice as many; where Postgres has statistics, and without.

    `act` is given all things that there are. What goes through pairs of them goes through four times as
    many; other plans, for which Postgres may find a larger world large enough, through up to three times.
    """
    for statistics in (_FORGET, "ANALYZE"):
        with transaction.atomic():
            if statistics == _FORGET:
                _compact()
            things: list[T] = []
            efforts = []
            for _ in range(2):
                things += grow(SIZE)
                _ask(statistics)
                efforts.append(effort(lambda: act(things)))  # noqa: B023
            transaction.set_rollback(True)
        assert 0 < efforts[0] <= most * SIZE, (statistics, efforts)
        assert efforts[1] <= min(2 * most * SIZE, 3 * efforts[0]), (statistics, efforts)
    _ask(_FORGET)  # of the world that was taken back


def _compact() -> None:
    """Have tables take the room of their rows, until the transaction ends. Without statistics Postgres goes by
    their size, of which rows that other tests have taken back are a part."""
    _ask("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")  # what waits forbids it
    for (command,) in rows(_COMPACT, []):
        _ask(command)


@contextmanager
def _told() -> Iterator[list[dict[str, Any]]]:
    """The plans of all statements that are run in the block."""
    plans: list[dict[str, Any]] = []

    def keep(notice: Any) -> None:
        _, is_plan, plan = notice.message_primary.partition("plan:")
        if is_plan:
            plans.append(json.loads(plan)["Plan"])

    _ask(_TELL)
    connection.connection.add_notice_handler(keep)
    yield plans
    _ask(_TELL_NO_MORE)  # the last plan comes with the next command
    connection.connection.remove_notice_handler(keep)


def _rows(node: dict[str, Any]) -> float:
    """How often a node and those below it were asked, what they gave, and what they looked at in vain."""
    in_vain = sum(rows for name, rows in node.items() if name.startswith("Rows Removed by"))
    own = node["Actual Loops"] * (1 + node["Actual Rows"] + in_vain)
    return own + sum(map(_rows, node.get("Plans", ())))


def _ask(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
