"""Right requests made wrong on the level of bytes: cheaper than to draw each of them."""

from dataclasses import replace
from random import Random
from urllib.parse import quote_from_bytes, unquote_to_bytes

BYTES = [
    b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xef\xbb\xbf", b"\\u0000", b"\\ud800", b"\\x",
    b"1e999", b"-", b"9" * 5_000, b"NaN", b"Infinity", b'"', b"}", b"{", b"[", b",", b'"query":1,',
    b"/**/", b"[" * 300 + b"]" * 300, b'{"a":' * 5_000, b"[" * 100_000, b"--boundary--\r\n", b"\r\n\r\n",
]  # fmt: skip
HEADERS = [
    "Accept", "Accept-Language", "Accept-Encoding", "Content-Encoding", "Origin", "Referer",
    "Range", "Cookie", "Authorization", "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Proto",
    "X-Forwarded-Host", "X-Client-Name", "X-Client-Version", "X-Request-ID", "X-Session-Token",
    "Sec-Fetch-Site", "Traceparent", "If-None-Match", "If-Modified-Since", "User-Agent", "Expect",
    "X-HTTP-Method-Override", "Forwarded", "Content-Type",
]  # fmt: skip
VALUES = [
    b"", b"\xff\xfe", b"\xc3\xa9", b"a" * 8_000, b"0", b"-1", b"null", b"*/*", b";", b",", b'"',
    b"%00", b"text/html", b"application/graphql-response+json", b"text/event-stream", b"gzip",
    b"a=b; c", b"q=\xb2", b"bytes=0-1", b"Basic YTpi", b"Bearer", b"Bearer \xff", b"Bearer a b",
    b"http://evil.example", b"\xb2", b"session=\xff; csrftoken=\xff", b"application/json; charset=\xff",
    b"application/json; charset=utf-16", b"application/json; charset=nothing", b"application/graphql",
    b"APPLICATION/JSON", b"application/json;;=;", b"application/x-www-form-urlencoded", b"text/plain",
    b"multipart/form-data", b"multipart/form-data; boundary=other", b"multipart/mixed; boundary=boundary",
    b"multipart/form-data; boundary=" + b"b" * 300, b"multipart/form-data; boundary=\xff",
    b"multipart/form-data; charset=utf-7; boundary=boundary",
]  # fmt: skip
METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "GET", "POST", "BREW"]
COUNT = 8


def variants(request, seed):
    """The request, and some that come of it; the same for the same seed."""
    random = Random(seed)
    yield request
    for _ in range(COUNT - 1):
        yield random.choice([_other_content, _other_content, _other_header, _other_method, _cut])(
            request, random
        )


def _other_content(request, random):
    path, _, query = request.target.partition("?")
    if request.body:
        return replace(request, body=_spliced(request.body, random))
    spliced = _spliced(unquote_to_bytes(query), random)
    return replace(request, target=f"{path}?{quote_from_bytes(spliced[:20_000], safe='=&+')}")


def _spliced(content, random):
    for _ in range(random.randint(1, 3)):
        start, end = sorted(random.randint(0, len(content)) for _ in range(2))
        end = random.choice([start, start + 1, end])
        between = random.choice([b"", content[start:end] * 2, random.choice(BYTES)])
        content = content[:start] + between + content[end:]
    return content


def _other_header(request, random):
    name = random.choice(HEADERS)
    kept = [one for one in request.headers if one[0] != name]
    if random.randrange(4):
        kept.append((name, random.choice(VALUES)))
    return replace(request, headers=tuple(kept))


def _other_method(request, random):
    return replace(request, method=random.choice(METHODS))


def _cut(request, random):
    return replace(request, is_cut=True)
