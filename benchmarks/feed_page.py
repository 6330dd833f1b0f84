"""A page of the home feed, over HTTP: Pinboard, stock graphene-django, and what is possible at all."""

import argparse
import json
import subprocess
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.servers import Server, running
from benchmarks.world import Viewer, viewers

CONNECTIONS = 8
QUERY = """
query HomeFeed {
  viewer {
    homeFeed(first: 25) {
      edges {
        node {
          id
          title
          saveCount
          author { username displayName }
          board { name slug }
          picture { image(size: W236) { url width height } dominantColor }
        }
      }
    }
  }
}
"""
CONTENDERS: dict[str, tuple[str, dict[str, str]]] = {
    "limit": ("benchmarks.contenders.limit:application", {}),
    "pinboard": ("config.wsgi:application", {}),
    "graphene-django": (
        "config.wsgi:application",
        {"DJANGO_SETTINGS_MODULE": "benchmarks.contenders.stock_settings"},
    ),
}


def measure(options: argparse.Namespace) -> None:
    """Rate, processor time of the server and latency of each contender."""
    people = viewers(options.viewers)
    requests = [_request(viewer) for viewer in people]
    with running(CONTENDERS) as servers, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        _require_same_answers(servers, people[0])
        json.dump(requests, file)
        file.flush()
        path = Path(file.name)
        for server in servers.values():
            _turn(server, 1.0, path)  # warm
        turns = {
            name: lambda server=server: _turn(server, options.seconds, path)
            for name, server in servers.items()
        }
        medians = report.rounds(options.rounds, turns)
    parameters = {
        name: getattr(options, name) for name in ("people", "viewers", "rounds", "seconds")
    }
    report.publish(
        "feed_page",
        medians,
        rate="requests_a_second",
        folder=options.out,
        parameters={**parameters, "connections": CONNECTIONS, "pins": 25},
    )


def _request(viewer: Viewer) -> str:
    body = json.dumps({"query": QUERY})
    return (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {viewer.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def _turn(server: Server, seconds: float, requests: Path) -> report.Figures:
    before = server.cpu_seconds()
    command = [sys.executable, "-m", "benchmarks.load", str(server.port), str(seconds)]
    done = subprocess.run(
        [*command, str(CONNECTIONS), str(requests)], check=True, capture_output=True, text=True
    )
    seen = json.loads(done.stdout)
    if seen["errors"]:
        raise RuntimeError(f"{seen['errors']} of {seen['requests']} requests failed.")
    return {
        "requests_a_second": seen["requests"] / seen["seconds"],
        "cpu_ms_a_request": 1000 * (server.cpu_seconds() - before) / seen["requests"],
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
    }


def _require_same_answers(servers: dict[str, Server], viewer: Viewer) -> None:
    """What is not the same is not compared."""
    answers = {name: _pins(server, viewer) for name, server in servers.items()}
    first = answers["pinboard"]
    if len(first) != 25 or any(answer != first for answer in answers.values()):
        raise RuntimeError(f"The contenders do not answer alike: {answers}")


def _pins(server: Server, viewer: Viewer) -> list[Any]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {viewer.token}"}
    connection.request("POST", "/graphql", json.dumps({"query": QUERY}), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return [edge["node"] for edge in answer["data"]["viewer"]["homeFeed"]["edges"]]
