"""The edition of the taxonomy that comes with this code, `data/taxonomy.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

# Topics at the top of an edition, and right below one of them: what lists of topics are priced by.
MAX_TOP, MAX_CHILDREN = 20, 10

FILE = Path(__file__).parent / "data" / "taxonomy.toml"


class Entry(NamedTuple):
    """A topic of the edition. `parent`: a slug, None at the top."""

    slug: str
    name: str
    parent: str | None
    level: int
    position: int
    words: tuple[str, ...]


def read(file: Path = FILE) -> list[Entry]:
    """All topics of the edition, parents before their children."""
    found = list(_below(tomllib.loads(file.read_text()), None, 1))
    return sorted(found, key=lambda entry: entry.level)


def _below(table: Mapping[str, Any], parent: str | None, level: int) -> Iterator[Entry]:
    topics = [(slug, topic) for slug, topic in table.items() if isinstance(topic, dict)]
    for position, (slug, topic) in enumerate(topics):
        yield Entry(slug, topic["name"], parent, level, position, tuple(topic["words"]))
        yield from _below(topic, slug, level + 1)
