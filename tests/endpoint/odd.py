"""Requests as no client should send them, for hypothesis to draw: something is wrong with the document,
its variables, the other members, or the form that carries them."""

import json
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlencode

import hypothesis_graphql
from graphql import StringValueNode, print_schema
from hypothesis import strategies as st

from config.schema import schema
from tests.endpoint.exchange import Request

# --- documents ------------------------------------------------------------------------------------

SCHEMA = print_schema(schema.graphql_schema)
ID = 'Id: "'
KNOWN = "{ viewer { id username } }"
UPLOAD = """
mutation($input: UploadPictureInput!, $avatar: SetAvatarInput!) {
  setAvatar(input: $avatar) { viewer { id } }
  uploadPicture(input: $input) { picture { id state } userErrors { field code message } }
}
"""
DOCUMENTS = [
    KNOWN,
    UPLOAD,
    """query A($ids: [ID!]!) { nodes(ids: $ids) { id } }
       query B($id: ID!) { node(id: $id) { id } }""",
    """query($first: Int, $after: String) {
         viewer {
           boards(first: $first, after: $after) { nodes { id } pageInfo { endCursor } }
           homeFeed(first: $first, after: $after) { nodes { id } }
         }
       }""",
    """mutation A($input: CreateBoardInput!) {
         createBoard(input: $input) { board { id } userErrors { field code } }
       }""",
    """mutation($input: ReportFeedActivityInput!) {
         reportFeedActivity(input: $input) { userErrors { code } }
       }""",
    "mutation($input: MovePinsInput!) { movePins(input: $input) { userErrors { code } } }",
    "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { user { about } } }",
    "subscription { homeFeedGrew { count } }",
    "subscription($id: ID!) { pinProcessed(pinId: $id) { pin { id } } }",
    "query($yes: Boolean = true) { __typename @include(if: $yes) __schema { types { name } } }",
]
SCRAPS = [
    '"', '"""', "{", "}", "(", ")", "[", "]", "$", "$a", "...", "... on User", "@skip(if: null)",
    ":", "!", "|", "&", "#", "\\", "\\u", '"\\uD83D"', '"\\u{110000}"', '"\\u0000"', "\x00",
    "\ufeff", "\ud800", "\u2028", "\U0001f4cc", "9" * 400, "1e999", "-0", "0x1", "null", "true",
    "__typename", "fragment F on User { ...F }", "query", "{ " * 90, "[" * 400,
]  # fmt: skip


def _texts(texts):
    return texts.map(lambda text: StringValueNode(value=text))


@lru_cache(maxsize=1)
def _of_schema():
    dates = st.datetimes().map(lambda when: when.isoformat()) | st.text(max_size=20)
    scalars = {"DateTime": _texts(dates), "Upload": _texts(st.text(max_size=5))}
    return hypothesis_graphql.from_schema(SCHEMA, custom_scalars=scalars)


@st.composite
def _documents(draw, ids):
    text = draw(st.sampled_from(DOCUMENTS) | _of_schema())
    for _ in range(text.count(ID)):
        before, _, after = text.partition(ID)
        text = f'{before}Id:"{draw(st.sampled_from(ids))}"{after[after.index(chr(34)) + 1 :]}'
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at, gone = draw(st.integers(0, len(text))), draw(st.integers(0, 5))
        text = text[:at] + draw(st.sampled_from(SCRAPS)) + text[at + gone :]
    return text


# --- what a request holds -------------------------------------------------------------------------

ODD = st.sampled_from([
    None, True, 0, -1, 2**31, 2**63, 2**64, 10**400, 1.5, 1e300, float("nan"), float("-inf"), "",
    "1", "null", "\x00", "a\x00b", "\ud83d", "\udcff", "\ufeff", "\U0010ffff", "%00", "../..",
    "'; --", "[]", "a" * 3_000,
])  # fmt: skip
KEYS = st.sampled_from([
    "id", "ids", "first", "after", "input", "file", "name", "pinIds", "boardId", "views", "yes", "",
    "\x00", "a.b", "__proto__", "query", "variables", "clientMutationId", "about", "activities",
    "avatar", "version", "sha256Hash",
])  # fmt: skip
HASHES = [sha256(KNOWN.encode()).hexdigest(), "0" * 64, "F" * 64, "a" * 63, "é" * 64, "", None, 7]
EXTENSIONS = st.fixed_dictionaries(
    {"version": st.sampled_from([1, 1, 2, "1", True]), "sha256Hash": st.sampled_from(HASHES)}
).map(lambda persisted: {"persistedQuery": persisted})


def _values(ids):
    return st.recursive(
        ODD | st.sampled_from(ids),
        lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4),
        max_leaves=8,
    )


@st.composite
def _members(draw, ids):
    odd = _values(ids)
    found = {"query": draw(_documents(ids))}
    if draw(st.booleans()):
        found["variables"] = draw(st.dictionaries(KEYS, odd, max_size=4) | odd)
    if draw(st.integers(0, 3)) == 0:
        found["operationName"] = draw(st.sampled_from(["A", "B", "", "\x00", "a" * 9_999]) | odd)
    if draw(st.integers(0, 3)) == 0:
        found["extensions"] = draw(EXTENSIONS | odd)
    if draw(st.integers(0, 5)) == 0:
        found[draw(st.sampled_from([*found, "extensions"]))] = draw(odd)
    if draw(st.integers(0, 5)) == 0:
        del found[draw(st.sampled_from([*found]))]
    return found


def _json(value):
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


# --- how it is carried: method, query string, media type, body ------------------------------------

# A picture's head that promises more pixels than there are in the world.
ENDLESS = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\xff" * 8
FILES = st.sampled_from([b"", b"GIF89a", b"\xff\xd8\xff\xe0 no picture", ENDLESS, b"<svg/>"])
FILE_NAMES = st.sampled_from(
    ["a.jpg", "", "../../a", "a\x00.jpg", 'a"b', "é\U0001f4cc.png", "a" * 300, "a\\b", "%00"]
)
FILE_TYPES = st.sampled_from(
    [b"", b"Content-Type: image/jpeg", b"Content-Type: \xff", b"Content-Transfer-Encoding: base64"]
)
PATHS = st.sampled_from([
    "variables.input.file", "variables.avatar.file", "variables.ids.0", "variables", "query", "", ".",
    "variables.", "variables.input.file.0", "variables.ids.99999999999", "variables.ids.-1",
    "variables.input", "0.query", "\x00",
])  # fmt: skip
WITH_FILES = {
    "query": UPLOAD,
    "variables": {"input": {"file": None}, "avatar": {"pictureId": "1"}, "ids": [None]},
}
MAPS = (
    st.just({"0": ["variables.input.file"]})
    | st.dictionaries(
        st.sampled_from(["0", "1", "operations", "map", "", "\x00"]),
        st.lists(PATHS, max_size=3) | ODD,
        max_size=12,
    )
    | ODD
)


def _posted(ids):
    return (_members(ids) | _values(ids)).map(
        lambda value: ("POST", "", b"application/json", _json(value))
    )


def _got(ids):
    def carried(members):
        texts = {name: one if isinstance(one, str) else _json(one) for name, one in members.items()}
        return "GET", urlencode(texts, errors="surrogatepass"), None, b""

    return _members(ids).map(carried)


def _part(disposition, content, kind=b""):
    headers = b"Content-Disposition: form-data; " + disposition + b"\r\n" + kind + b"\r\n"
    return b"--boundary\r\n" + headers + (b"\r\n" if kind else b"") + content + b"\r\n"


@st.composite
def _uploaded(draw, ids):
    operations = draw(st.just(WITH_FILES) | _members(ids) | _values(ids))
    parts = [
        _part(b'name="operations"', _json(operations)),
        _part(b'name="map"', _json(draw(MAPS))),
    ]
    for number in range(draw(st.integers(0, 3))):
        disposition = b'name="%d"; filename="%s"' % (number, draw(FILE_NAMES).encode())
        parts.append(_part(disposition, draw(FILES), draw(FILE_TYPES)))
    if draw(st.integers(0, 5)) == 0:
        parts = draw(st.permutations(parts))
    body = b"".join(parts) + b"--boundary--\r\n"
    return "POST", "", b"multipart/form-data; boundary=boundary", body


# --- and by whom ----------------------------------------------------------------------------------

CSRF = b"t" * 32


def _identities(token):
    """Somebody by a token, somebody by a cookie, somebody who forgot half of that, and nobody."""
    bearer = ("Authorization", b"Bearer " + token)
    cookie = ("Cookie", b"session=" + token + b"; csrftoken=" + CSRF)
    return st.sampled_from([[bearer], [bearer], [cookie, ("X-CSRFToken", CSRF)], [cookie], []])


@st.composite
def requests(draw, path, token, ids):
    """A request to `path`; `token` is a session's, `ids` are those of objects that are there."""
    method, query, media_type, body = draw(st.one_of(_posted(ids), _got(ids), _uploaded(ids)))
    headers = [("Host", b"127.0.0.1"), *draw(_identities(token.encode()))]
    if path.endswith("stream"):
        headers.append(("Accept", b"text/event-stream"))
    if media_type is not None:
        headers.append(("Content-Type", media_type))
    return Request(method, f"{path}?{query}" if query else path, tuple(headers), body)
