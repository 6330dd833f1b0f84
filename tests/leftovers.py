"""What tests that commit leave in the database."""

from django.db import connection

# What migrations have made, and what is made after them. Tests that commit leave these as they are.
KEPT = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "topics_taxonomy",
        "topics_topic",
    }
)


def delete_rows(_case: object) -> None:
    """In place of Django's flush, which truncates every table and then makes anew what is kept here: for
    the few rows of a test it takes a fiftieth of that."""
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT)
    deletes = "; ".join(f"DELETE FROM {name}" for name in tables)
    with connection.cursor() as cursor:
        # A replica checks no foreign keys, so the order of tables is of no account.
        cursor.execute(
            f"SET session_replication_role = replica; {deletes}; RESET session_replication_role"
        )
