"""Cursors: the key of a row in its order, opaque and signed.

A cursor holds the order's name, so one of another connection is refused, and a signature, so a
client cannot make its own.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

import orjson
from django.conf import settings

from pinboard.errors import BadInput
from pinboard.paging import Key, Order

_SIGNATURE_BYTES = 8
_MAX_LENGTH = 2_000


def encode(order: Order, key: Key) -> str:
    """The cursor of the row with `key`."""
    body = orjson.dumps([order.name, *key])
    return urlsafe_b64encode(_sign(body) + body).rstrip(b"=").decode()


def decode(order: Order, cursor: str) -> Key:
    """The key in a cursor of this order. `BadInput` for any other text."""
    try:
        if len(cursor) > _MAX_LENGTH:
            raise ValueError
        raw = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _sign(body)):
            raise ValueError
        name, *key = orjson.loads(body)
        if name != order.name or len(key) != len(order.columns):
            raise ValueError
    except ValueError:
        raise BadInput(
            "The cursor is not one of this list. Use `pageInfo` or `cursor` of an earlier page of it."
        ) from None
    return tuple(key)


def _sign(body: bytes) -> bytes:
    return hashlib.blake2b(
        body, key=_key(settings.SECRET_KEY), digest_size=_SIGNATURE_BYTES
    ).digest()


@cache
def _key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), person=b"pinboard cursor", digest_size=32).digest()
