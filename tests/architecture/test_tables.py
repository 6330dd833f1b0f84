"""What the tables of all apps have in common."""

from django.apps import apps

from pinboard.sql import rows

_BEGINNINGS = """
SELECT short.indexrelid::regclass::text, long.indexrelid::regclass::text
FROM pg_index AS short JOIN pg_index AS long
    ON long.indrelid = short.indrelid AND long.indexrelid <> short.indexrelid
WHERE short.indrelid = ANY(%s::regclass[]) AND NOT short.indisunique
    AND short.indexprs IS NULL AND long.indexprs IS NULL
    AND short.indpred IS NULL AND long.indpred IS NULL
    AND (long.indkey::text || ' ') LIKE (short.indkey::text || ' %%')
    AND short.indclass[0] = long.indclass[0]
ORDER BY 1, 2
"""


def test_no_index_is_the_beginning_of_another(db):
    # Whoever writes a row pays for each, and whoever reads by the first columns has the longer one.
    ours = [
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith(("apps.", "pinboard."))
    ]
    assert {"pins_pin", "events_delivery"} <= set(ours)
    assert rows(_BEGINNINGS, [ours]) == []
