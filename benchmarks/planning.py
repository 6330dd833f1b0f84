"""What a document costs once: reading, limiting, validating and planning it."""

import statistics
import time

from benchmarks.pages import PAGES
from config.schema import schema
from pinboard.graphql.engine.documents import Documents
from pinboard.graphql.listed import digest

TIMES = 50


def milliseconds() -> dict[str, float]:
    """The median for each page's document."""
    return {name: _once(page.query) for name, page in PAGES.items()}


def _once(text: str) -> float:
    took = []
    for _ in range(TIMES):
        documents = Documents(schema.graphql_schema)
        start = time.perf_counter()
        documents.prepare(digest(text), text, None).variant({}).price({})
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)
