"""Persisted documents: a client sends the SHA-256 of a document instead of the document.

`PERSISTED_DOCUMENTS` says which there are:

    automatic  each that a client sent once together with its hash. The protocol is Apollo's,
               https://www.apollographql.com/docs/apollo-server/performance/apq: a hash that is not
               known is answered with PERSISTED_QUERY_NOT_FOUND, whereupon the client sends both.
               Valkey keeps the texts; if it loses them, clients send them again.
    listed     those of the file `PERSISTED_DOCUMENTS_FILE` and no others (`pinboard.graphql.listed`).
               Any other document is refused.
    off        none.
"""

import re
from functools import lru_cache
from typing import Any

from django.core.cache import cache

from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.errors import BadInput, Refusal
from pinboard.graphql import listed
from pinboard.graphql.configured import configured

AUTOMATIC, LISTED, OFF = "automatic", "listed", "off"
KEPT_SECONDS = 7 * 24 * 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PersistedQueryNotFound(Refusal):
    """No document with this hash is known."""


def hash_of(extensions: dict[str, Any]) -> str | None:
    """The hash in a request's `extensions`; None when there is none. `BadInput` for a wrong one."""
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(found, str) or not _SHA256.fullmatch(found) or persisted.get("version") != 1:
        raise BadInput("`extensions.persistedQuery` wants `version` 1 and a `sha256Hash`.")
    return found


def require_taken(sha256: str, *, by_hash: bool) -> None:
    """Refuse a document that may not come as it did. The messages are the protocol's."""
    taken = configured().persisted_documents
    if by_hash and taken == OFF:
        raise PersistedQueryNotFound("PersistedQueryNotSupported")
    if taken != LISTED:
        return
    if sha256 not in _list(configured().persisted_documents_file):
        raise PersistedQueryNotFound("Only listed documents are taken, and this is none of them.")


def recall(sha256: str) -> str:
    """The document with this hash."""
    if configured().persisted_documents == LISTED:
        text = _list(configured().persisted_documents_file).get(sha256)
    else:
        text = _recall(sha256)
    if text is None:
        raise PersistedQueryNotFound("PersistedQueryNotFound")
    return text


def _recall(sha256: str) -> str | None:
    try:
        text: str | None = cache.get(keys.document(sha256))
    except AWAY:
        return None
    return text


# Settings have read it too, and ended the process if anything was wrong.
_list = lru_cache(maxsize=1)(listed.read)


def check(sha256: str, text: str) -> None:
    """Refuse a hash that is another document's."""
    if listed.digest(text) != sha256:
        raise BadInput("The `sha256Hash` is not that of `query`.")


def keep(sha256: str, text: str) -> None:
    """Keep a valid document that came with its hash."""
    if configured().persisted_documents != AUTOMATIC:
        return
    try:
        cache.set(keys.document(sha256), text, KEPT_SECONDS)
    except AWAY:
        return
