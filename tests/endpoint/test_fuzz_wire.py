"""Whatever is sent to real servers, for a while: never a fault of ours, and they live on.

`make fuzz` goes on for ten minutes. What was sent and answered is counted in `build/fuzz.json`.
"""

import json
import os
import re
from collections import Counter
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinboard.graphql.errors import Code
from tests.auth import session_of
from tests.endpoint.exchange import Request, exchange
from tests.endpoint.odd import requests
from tests.endpoint.splices import variants
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.live.process import LiveProcess
from tests.processes import ROOT
from tests.web import web_process

SECONDS = float(os.environ.get("FUZZ_SECONDS", "6"))
ROUND = settings(
    max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
MEDIA_TYPES = {
    "/graphql": {"application/json", "application/graphql-response+json"},
    "/graphql/stream": {
        "application/json",
        "application/graphql-response+json",
        "text/event-stream",
    },
}
CODES = set(Code) - {Code.INTERNAL}
# What is inside: traces, SQL, and Postgres's and Python's words.
INSIDE = re.compile(
    r'Traceback|File \\?"/|site-packages|psycopg|DETAIL:|\bSELECT "|\bINSERT INTO|\bUPDATE "|0x[0-9a-f]{8}'
)
# Plans of the documents that are kept, and what the allocator does not give back.
MEGABYTES = 150


class Server(NamedTuple):
    """Where a process listens, and the number of the one that has its workers."""

    port: int
    pid: int

    def megabytes(self):
        """What it holds of memory, with its workers."""
        parent = psutil.Process(self.pid)
        family = [parent, *parent.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6


@pytest.fixture
def servers(transactional_db, broker, tmp_path):
    """The web and the live process by the path that each serves, with points enough."""
    changes = {
        "LOG_LEVEL": "ERROR",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "RATE_LIMIT_POINTS": "2000000000",
        "RATE_LIMIT_REFILL": "2000000000",
    }
    with web_process(log=tmp_path / "web.log", **changes) as web:
        live = LiveProcess(log=tmp_path / "live.log", **changes)
        try:
            live.start()
            yield {
                "/graphql": Server(urlsplit(web.url).port, web.pid),
                "/graphql/stream": Server(live.port, live.pid),
            }
        finally:
            live.kill()


@pytest.fixture
def logs(tmp_path):
    """What the servers wrote to their logs."""
    return lambda: (tmp_path / "web.log").read_text() + (tmp_path / "live.log").read_text()


def world():
    """A session of somebody new, and the ids of all kinds of objects."""
    ada = UserFactory()
    mine, others = BoardFactory(owner=ada), BoardFactory()
    objects = [ada, mine, others, SectionFactory(board=mine), make_pin(mine), make_pin(others)]
    return session_of(ada), [str(one.pk) for one in objects]


def check(request, answer):
    """What every answer has to be like."""
    assert answer.status < 500
    assert not INSIDE.search(answer.text)
    if request.method not in ("GET", "POST"):
        return
    assert answer.media_type in MEDIA_TYPES[request.target.partition("?")[0]]
    for body in answer.bodies:
        assert body.keys() & {"data", "errors"}
        for error in body.get("errors", ()):
            assert error["message"]
            assert error["extensions"]["code"] in CODES


def one_round(servers, counts):
    """As many requests as a round has, as somebody new; counts the answers by path and status."""
    token, ids = world()
    paths = st.sampled_from(["/graphql", "/graphql", "/graphql", "/graphql/stream"])

    @ROUND
    @given(paths.flatmap(lambda path: requests(path, token, ids)), st.integers(0, 2**32))
    def attempt(request, seed):
        for one in variants(request, seed):
            path = one.target.partition("?")[0]
            answer = exchange(servers[path].port, one)
            counts[f"{path} {answer and answer.status}"] += 1
            if answer is not None:
                check(one, answer)

    attempt()


def report(counts, before, after):
    """Write down what was done."""
    found = {"seconds": SECONDS, "requests": counts.total(), "answers": counts}
    found["megabytes"] = {path: [round(before[path]), round(after[path])] for path in before}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "fuzz.json").write_text(json.dumps(found, indent=1))


def greet(server, path):
    """Asks what is right."""
    ada = UserFactory()
    headers = (
        ("Host", b"127.0.0.1"),
        ("Authorization", f"Bearer {session_of(ada)}".encode()),
        ("Content-Type", b"application/json"),
    )
    body = json.dumps({"query": "{ viewer { username } }"}).encode()
    (found,) = exchange(server.port, Request("POST", path, headers, body)).bodies
    assert found["data"] == {"viewer": {"username": ada.username}}


def test_bad_input_is_never_a_fault_of_ours(servers, logs):
    counts, deadline = Counter(), monotonic() + SECONDS
    one_round(servers, counts)
    before = {path: server.megabytes() for path, server in servers.items()}
    while monotonic() < deadline:
        one_round(servers, counts)
    for path, server in servers.items():
        greet(server, path)
    after = {path: server.megabytes() for path, server in servers.items()}
    report(counts, before, after)
    assert all(after[path] < before[path] + MEGABYTES for path in servers)
    assert "graphql.internal_error" not in logs()
    assert "Traceback" not in logs()
