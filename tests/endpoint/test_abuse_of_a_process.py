"""The same abuse, sent to a process as production has it: what it takes of a core, and leaves in memory."""

import json
import time

import httpx
import psutil
import pytest
from django.test import Client

from tests.endpoint.probes import HARMLESS, PROBES
from tests.factories.users import UserFactory
from tests.web import web_process

SECONDS, MEGABYTES = 0.2, 10
ATTEMPTS, PAUSE_SECONDS = 10, 0.5
PASSES = 3
# No probe is refused for what those before it have cost.
RICH = {"RATE_LIMIT_POINTS": "2000000000", "RATE_LIMIT_REFILL": "2000000000"}
REFUSALS = {"BAD_INPUT", "TOO_COMPLEX"}


class Abused:
    """A process, and somebody who is logged in and sends it bodies."""

    def __init__(self, web, client):
        self._url = f"{web.url}/graphql"
        self._client = client
        self._process = psutil.Process(web.pid)

    def send(self, body):
        """The answer, and the least that some took of a core: what others run beside it makes each dearer."""
        took = []
        for attempt in range(ATTEMPTS):
            time.sleep(PAUSE_SECONDS if attempt else 0)
            before = self._seconds()
            answer = self._client.post(self._url, content=body)
            took.append(self._seconds() - before)
            if took[-1] < SECONDS:
                break
        return answer, min(took)

    def grown_by_all(self, _):
        """The megabytes that it has grown by when all have been sent once more."""
        before = self.megabytes()
        for body in PROBES.values():
            self.send(body)
        return self.megabytes() - before

    def megabytes(self):
        """What the process and its workers have of the machine's memory."""
        return sum(one.memory_info().rss for one in self._family()) / 1e6

    def _seconds(self):
        """What they have had of the machine's cores, however long they waited for them: in hundredths."""
        times = [one.cpu_times() for one in self._family()]
        return sum(one.user + one.system for one in times)

    def _family(self):
        return [self._process, *self._process.children(recursive=True)]


@pytest.fixture
def abused(transactional_db):
    browser = Client()
    browser.force_login(UserFactory())
    session = browser.cookies["session"].value
    headers = {
        "Authorization": f"Bearer {session}",
        "Content-Type": "application/json",
        # The server ends a connection on which it has refused a body unread.
        "Connection": "close",
    }
    with web_process(**RICH) as web, httpx.Client(headers=headers, timeout=30) as client:
        yield Abused(web, client)


def test_a_process_refuses_it_soon_and_keeps_its_size(abused):
    harmless, _ = abused.send(json.dumps({"query": HARMLESS}))
    assert "errors" not in harmless.json()
    slow, large = {}, {}
    for name, body in PROBES.items():
        before = abused.megabytes()
        answer, took = abused.send(body)
        grown = abused.megabytes() - before
        assert {one["extensions"]["code"] for one in answer.json()["errors"]} <= REFUSALS, name
        if took >= SECONDS:
            slow[name] = took
        if grown >= MEGABYTES:
            large[name] = grown
    assert (slow, large) == ({}, {})
    # What was taken before is used again, sooner or later, and nothing more is: a leak grows each time.
    assert any(grown < MEGABYTES for grown in map(abused.grown_by_all, range(PASSES)))
