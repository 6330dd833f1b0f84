"""The limit: what the pages cost when nothing stands between. It reads no query: a page has its address.

Who asks and the timeline from Valkey, one SQL statement, orjson; no Django between.
"""

import os
import struct
import threading
from typing import Any
from urllib.parse import urlsplit

import orjson
import psycopg
import redis

from pinboard.cache import keys

_local = threading.local()
_valkey = redis.Redis.from_url(os.environ["CACHE_URL"])

_FEED = """
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
ORDER BY pin.id DESC LIMIT %s
"""
_BOARDS = """
SELECT board.id, board.name, pin.id, pin.title, pin.username, pin.display_name
FROM (SELECT id, name, position FROM boards_board
      WHERE owner_id = %s AND deleted_at IS NULL ORDER BY position, id LIMIT 10) AS board
LEFT JOIN LATERAL (
    SELECT pins_pin.id, title, username, display_name FROM pins_pin
    JOIN users_user owner ON owner.id = pins_pin.owner_id
    WHERE board_id = board.id ORDER BY pins_pin.id DESC LIMIT 10) AS pin ON true
ORDER BY board.position, board.id, pin.id DESC
"""


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """One of the pages, for whoever asks."""
    token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    viewer = _valkey.get(f"limit:{token}")
    make = _PAGES.get(environ["PATH_INFO"])
    data = {"viewer": make(int(viewer))} if make is not None and viewer else None
    body = orjson.dumps({"data": data})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def _feed(person: int, size: int) -> dict[str, Any]:
    found = _valkey.getrange(keys.timeline(person), -8 * (size + 25), -1)
    ids = struct.unpack(f">{len(found) // 8}q", found)
    rows = _connection().execute(_FEED, [list(ids), size]).fetchall()
    return {"followingFeed": {"edges": [{"node": _node(row)} for row in rows]}}


def _boards(person: int) -> dict[str, Any]:
    boards: dict[int, Any] = {}
    for board, name, pin, title, username, display in _connection().execute(_BOARDS, [person]):
        if board not in boards:
            boards[board] = {"id": str(board), "name": name, "pins": {"nodes": []}}
        if pin is not None:
            author = {"username": username, "displayName": display}
            boards[board]["pins"]["nodes"].append(
                {"id": str(pin), "title": title, "author": author}
            )
    return {"boards": {"nodes": list(boards.values())}}


_PAGES = {
    "/feed_25": lambda person: _feed(person, 25),
    "/feed_100": lambda person: _feed(person, 100),
    "/three_levels": _boards,
}


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
