"""How each contender is asked: whole HTTP requests, as texts."""

import hashlib
import json
from http.client import HTTPConnection
from typing import Any

from benchmarks.pages import PAGES, Page
from benchmarks.world import Viewer


def by_text(page: str, viewer: Viewer) -> str:
    """The document's text, every time."""
    return _post(json.dumps({"query": PAGES[page].query}), viewer)


def by_hash(page: str, viewer: Viewer) -> str:
    """The document's hash alone."""
    return _post(json.dumps({"extensions": _extensions(PAGES[page])}), viewer)


def for_nothing(_page: str, viewer: Viewer) -> str:
    """Only who asks."""
    return posted({"query": "{ __typename }"}, viewer)


def by_path(page: str, viewer: Viewer, folder: str = "") -> str:
    """The page's own address, for the limit, which reads no document."""
    return f"GET {folder}/{page} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {viewer.token}\r\n\r\n"


def by_visible_path(page: str, viewer: Viewer) -> str:
    """The address of the page that asks who sees what."""
    return by_path(page, viewer, "/visible")


def by_document_id(page: str, viewer: Viewer) -> str:
    """For PostGraphile: the page's name is the name of a document that it knows."""
    return _post(json.dumps({"documentId": page}), viewer)


_POSTGRAPHILE = """
query FollowingFeed {
  followingFeed(first: SIZE) {
    edges {
      node {
        rowId
        title
        saveCount
        author: userByOwnerId { username displayName }
        board: boardByBoardId { name slug }
        picture: pictureByPictureId { key width height dominantColor }
      }
    }
  }
}
"""
# Documents in PostGraphile's own schema, by page.
POSTGRAPHILE = {f"feed_{size}": _POSTGRAPHILE.replace("SIZE", f"{size}") for size in (25, 100)}


def register(port: int, viewer: Viewer) -> None:
    """Send each document once with its hash, as a client does whose hash was not known."""
    for page in PAGES.values():
        body = {"query": page.query, "extensions": _extensions(page)}
        answer(port, _post(json.dumps(body), viewer))


def answer(port: int, request: str) -> Any:
    """What a server answers to a request: the JSON of its body."""
    head, _, body = request.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = dict(line.split(": ", 1) for line in lines)
    connection.request(method, path, body, headers)
    found = json.loads(connection.getresponse().read())
    connection.close()
    return found


def _extensions(page: Page) -> dict[str, Any]:
    sha256 = hashlib.sha256(page.query.encode()).hexdigest()
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256}}


def posted(body: Any, viewer: Viewer) -> str:
    """A POST of JSON."""
    return _post(json.dumps(body), viewer)


def _post(body: str, viewer: Viewer) -> str:
    return (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {viewer.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
