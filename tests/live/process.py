"""A live process, and a client of its streams."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext, suppress
from threading import Event as Signal
from time import monotonic

import httpx

from pinboard.local.process import free_port
from tests.auth import session_of
from tests.processes import ROOT, environment

SECONDS = 20


class LiveProcess:
    """The process of production, on a port of its own."""

    def __init__(self, application="config.asgi:application", log=None, **changes):
        """`log`: the file for what it writes; `changes` to its environment."""
        self._application = application
        self._log = log
        self._changes = changes
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = None

    def start(self):
        command = [
            sys.executable, "-W", "ignore", "-m", "granian", "--interface", "asgi",
            "--host", "127.0.0.1", "--port", str(self.port), "--no-ws",
            "--log-level", "warning", "--workers-kill-timeout", "5", self._application,
        ]  # fmt: skip
        with nullcontext() if self._log is None else self._log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(**self._changes),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        pause = Signal()
        for _ in range(300):
            if self._answers():
                return self
            assert self._process.poll() is None, "the live process ended"
            pause.wait(0.1)
        raise AssertionError("the live process does not answer")

    def _answers(self):
        try:
            return httpx.get(f"{self.url}/health/live", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """Ask it to end, and wait."""
        self._process.terminate()
        self._process.wait(SECONDS)

    def kill(self):
        """End it, with its workers, in the midst of whatever it does."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(SECONDS)


class Events:
    """What comes on one stream."""

    def __init__(self, response):
        self.response = response
        self._lines = response.iter_lines()

    def next(self):
        """The next event as (name, data); None at the end of the connection."""
        name, deadline = None, monotonic() + SECONDS
        for line in self._lines:
            assert monotonic() < deadline, "there are only keep-alives"
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data:"):
                text = line.removeprefix("data:").strip()
                return name, json.loads(text) if text else None
        return None

    def rest(self):
        """All events up to the end."""
        return list(iter(self.next, None))

    def refusal(self):
        """The status and the code of an answer that is no stream."""
        body = json.loads(self.response.read())
        return self.response.status_code, body["errors"][0]["extensions"]["code"]


class StreamClient:
    """Opens streams as one person, by a bearer token, or as nobody."""

    def __init__(self, live, user=None, session=None):
        self.address = f"{live.url}/graphql/stream"
        self.headers = {"Accept": "text/event-stream"}
        self.session = session or (user and session_of(user))
        if self.session:
            self.headers["Authorization"] = f"Bearer {self.session}"

    @contextmanager
    def open(self, query, *, method="POST", **changes):
        """A stream, for as long as the block lasts; `changes` to the request's headers."""
        headers = {**self.headers, **changes.pop("headers", {})}
        sent = {"query": query, **changes}
        body = {"json": sent} if method == "POST" else {"params": sent}
        with (
            httpx.Client(timeout=SECONDS) as client,
            client.stream(method, self.address, headers=headers, **body) as response,
        ):
            yield Events(response)

    def ask(self, query, **changes):
        """All events of a stream that ends."""
        with self.open(query, **changes) as events:
            return events.rest()

    def refused(self, query, **changes):
        """The status and the code of what is refused."""
        with self.open(query, **changes) as events:
            return events.refusal()
