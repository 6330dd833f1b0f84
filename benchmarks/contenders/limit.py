"""The limit: what the page costs when nothing stands between. It does not even read the query.

Who asks and the timeline from Valkey, one SQL statement, orjson; no Django between.
"""

import os
import threading
from typing import Any
from urllib.parse import urlsplit

import orjson
import psycopg
import redis

from pinboard.cache import keys

_PINS = 25
_local = threading.local()
_valkey = redis.Redis.from_url(os.environ["CACHE_URL"])

_SQL = """
SELECT pin.id, pin.title,
       (SELECT coalesce(sum(value), 0) FROM counters_counter
        WHERE subject_id = coalesce(pin.root_id, pin.id) AND name = 'pins.saves'),
       owner.username, owner.display_name, board.name, board.slug,
       picture.key, picture.width, picture.height, picture.dominant_color
FROM pins_pin pin
JOIN users_user owner ON owner.id = pin.owner_id
JOIN boards_board board ON board.id = pin.board_id
JOIN media_picture picture ON picture.id = pin.picture_id
WHERE pin.id = ANY(%s) AND NOT board.is_secret AND board.deleted_at IS NULL
  AND pin.hidden_at IS NULL AND picture.state = 'READY'
ORDER BY pin.id DESC LIMIT 25
"""


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The page, whatever was asked for."""
    token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    viewer = _valkey.get(f"limit:{token}")
    body = orjson.dumps({"data": {"viewer": _viewer(int(viewer))}} if viewer else {"data": None})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def _viewer(person: int) -> dict[str, Any]:
    members = _valkey.zrevrange(keys.timeline(person), 0, 2 * _PINS)
    ids = [int(one) for one in members if one.isdigit()]
    rows = _connection().execute(_SQL, [ids]).fetchall()
    return {"homeFeed": {"edges": [{"node": _node(row)} for row in rows]}}


def _node(row: Any) -> dict[str, Any]:
    pin, title, saves, username, display, board, slug, key, width, height, color = row
    name = key.hex
    image = {
        "url": f"/media/pictures/{name[:2]}/{name}/w236.webp",
        "width": min(width, 236),
        "height": max(round(height * min(width, 236) / width), 1),
    }
    return {
        "id": str(pin),
        "title": title,
        "saveCount": int(saves),
        "author": {"username": username, "displayName": display},
        "board": {"name": board, "slug": slug},
        "picture": {"image": image, "dominantColor": color},
    }


def _connection() -> "psycopg.Connection[Any]":
    if not hasattr(_local, "connection"):
        parts = urlsplit(os.environ["DATABASE_URL"])
        _local.connection = psycopg.connect(parts.geturl(), autocommit=True)
    found: psycopg.Connection[Any] = _local.connection
    return found
