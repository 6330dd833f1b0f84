"""Asking a web process, and how often it read from where."""

import time

import httpx

_PATIENCE_SECONDS = 30


class Asking(httpx.Client):
    """A client of one."""

    def __init__(self, url):
        super().__init__(base_url=url, timeout=30)

    def ask(self, query, token=None, **variables):
        """The data of an answer that has no errors."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = self.post("/graphql", json=body, headers=headers).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def reads(self, source):
        """How many queries read from a source so far."""
        name = f'pinboard_graphql_reads_total{{source="{source}"}} '
        lines = self.get("/metrics").text.splitlines()
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    def read_from(self, source, query="{ __typename }"):
        """Ask until it is read from this source; the answer."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            before = self.reads(source)
            data = self.ask(query)
            if self.reads(source) > before:
                return data
            assert time.monotonic() < deadline, f"Nothing is read from {source}."
            time.sleep(0.05)
