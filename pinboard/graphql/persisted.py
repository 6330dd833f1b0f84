"""Automatic persisted queries: a client sends a document once, and then its SHA-256 alone.

The protocol is Apollo's, https://www.apollographql.com/docs/apollo-server/performance/apq:
`extensions.persistedQuery` holds `version` 1 and `sha256Hash`. A hash that is not known is answered
with PERSISTED_QUERY_NOT_FOUND, whereupon the client sends hash and text together. Valkey keeps the
texts; if it loses them, clients send them again.
"""

import hashlib
import re
from typing import Any

from django.conf import settings
from django.core.cache import cache

from pinboard.cache import keys
from pinboard.cache.once import AWAY
from pinboard.errors import BadInput, Refusal

KEPT_SECONDS = 7 * 24 * 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")


class PersistedQueryNotFound(Refusal):
    """No document with this hash is known."""


def hash_of(extensions: Any) -> str | None:
    """The hash in a request's `extensions`; None when there is none. `BadInput` for a wrong one."""
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if persisted is None:
        return None
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(found, str) or not _SHA256.fullmatch(found) or persisted.get("version") != 1:
        raise BadInput("`extensions.persistedQuery` wants `version` 1 and a `sha256Hash`.")
    return found


def recall(sha256: str) -> str:
    """The document with this hash. Clients go by the messages, which are the protocol's."""
    if not settings.AUTOMATIC_PERSISTED_QUERIES:
        raise PersistedQueryNotFound("PersistedQueryNotSupported")
    try:
        text: str | None = cache.get(keys.document(sha256))
    except AWAY:
        text = None
    if text is None:
        raise PersistedQueryNotFound("PersistedQueryNotFound")
    return text


def check(sha256: str, text: str) -> None:
    """Refuse a hash that is another document's."""
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha256:
        raise BadInput("The `sha256Hash` is not that of `query`.")


def keep(sha256: str, text: str) -> None:
    """Keep a valid document that came with its hash."""
    if not settings.AUTOMATIC_PERSISTED_QUERIES:
        return
    try:
        cache.set(keys.document(sha256), text, KEPT_SECONDS)
    except AWAY:
        return
