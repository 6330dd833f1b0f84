"""How long statements may take in processes that answer people, who would not wait longer anyway.

Workers and commands set no limit: what they do at length, a migration say, is meant to be done.
"""

from django.db import connections
from psycopg.errors import QueryCanceled


def limit_statements(milliseconds: int) -> None:
    """Have Postgres and its replica end what takes longer, on the connections that this process opens from
    now on.

    0 is no limit.
    """
    for database in connections.settings.values():
        database["OPTIONS"]["options"] += f" -c statement_timeout={milliseconds}"


def took_too_long(error: BaseException) -> bool:
    """Whether a database error is a statement's that ran into its limit."""
    return isinstance(error.__cause__, QueryCanceled)
