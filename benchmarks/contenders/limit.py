"""The limit: what the pages cost when nothing stands between. It reads no query: a page has its address.

Who asks and the timeline from Valkey, one SQL statement, orjson; no Django between. Under `/visible/` the
statements hold the product's rules of who sees what, and of who follows what now.
"""

import os
import struct
import threading
from functools import partial
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
WHERE pin.id = ANY(%(ids)s) AND {rule}
ORDER BY pin.id DESC LIMIT %(size)s
"""
_PUBLIC = """
NOT board.is_secret AND board.deleted_at IS NULL AND pin.hidden_at IS NULL AND picture.state = 'READY'
"""
_VISIBLE = """
board.deleted_at IS NULL
AND (pin.owner_id = %(person)s OR (
    NOT board.is_secret AND pin.hidden_at IS NULL AND picture.state = 'READY'
    AND owner.is_active AND owner.deletion_requested_at IS NULL))
AND pin.owner_id NOT IN (
    SELECT blocked_id FROM users_block WHERE blocker_id = %(person)s
    UNION ALL SELECT blocker_id FROM users_block WHERE blocked_id = %(person)s)
"""
_FOLLOWED = """
pin.owner_id <> %(person)s
AND pin.owner_id NOT IN (SELECT muted_id FROM users_mute WHERE muter_id = %(person)s)
AND (EXISTS (SELECT FROM follows_boardfollow WHERE follower_id = %(person)s
             AND board_id = pin.board_id AND is_following)
     OR pin.owner_id IN (SELECT person_id FROM follows_personfollow WHERE follower_id = %(person)s)
     AND NOT EXISTS (SELECT FROM follows_boardfollow WHERE follower_id = %(person)s
                     AND board_id = pin.board_id AND NOT is_following))
"""
_BOARDS = """
SELECT board.id, board.name, pin.id, pin.title, pin.username, pin.display_name
FROM (SELECT * FROM boards_board
      WHERE owner_id = %(person)s AND deleted_at IS NULL ORDER BY position, id LIMIT 10) AS board
LEFT JOIN LATERAL (
    SELECT pin.id, title, username, display_name FROM pins_pin pin
    JOIN users_user owner ON owner.id = pin.owner_id {more}
    ORDER BY pin.id DESC LIMIT 10) AS pin ON true
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


def _feed(rule: str, size: int, person: int) -> dict[str, Any]:
    found = _valkey.getrange(keys.timeline(person), -8 * (size + 25), -1)
    ids = struct.unpack(f">{len(found) // 8}q", found)
    values = {"ids": list(ids), "size": size, "person": person}
    rows = _connection().execute(_FEED.format(rule=rule), values).fetchall()
    return {"followingFeed": {"edges": [{"node": _node(row)} for row in rows]}}


def _boards(more: str, person: int) -> dict[str, Any]:
    boards: dict[int, Any] = {}
    rows = _connection().execute(_BOARDS.format(more=more), {"person": person})
    for board, name, pin, title, username, display in rows:
        if board not in boards:
            boards[board] = {"id": str(board), "name": name, "pins": {"nodes": []}}
        if pin is not None:
            author = {"username": username, "displayName": display}
            boards[board]["pins"]["nodes"].append(
                {"id": str(pin), "title": title, "author": author}
            )
    return {"boards": {"nodes": list(boards.values())}}


_ON_BOARD = "WHERE board_id = board.id"
_VISIBLE_ON_BOARD = (
    f"JOIN media_picture picture ON picture.id = picture_id {_ON_BOARD} AND {_VISIBLE}"
)
_VISIBLE_FEED = f"{_VISIBLE} AND {_FOLLOWED}"
_PAGES = {
    "/feed_25": partial(_feed, _PUBLIC, 25),
    "/feed_100": partial(_feed, _PUBLIC, 100),
    "/three_levels": partial(_boards, _ON_BOARD),
    "/visible/feed_25": partial(_feed, _VISIBLE_FEED, 25),
    "/visible/feed_100": partial(_feed, _VISIBLE_FEED, 100),
    "/visible/three_levels": partial(_boards, _VISIBLE_ON_BOARD),
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
