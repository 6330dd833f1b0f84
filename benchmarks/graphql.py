"""Pages of the API over HTTP: Pinboard, what others pick instead, and what is possible at all."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import packages, planning, ratios, report, requests
from benchmarks.pages import PAGES
from benchmarks.servers import Server, granian, running
from benchmarks.world import Viewer, viewers

CONNECTIONS = 8
_LIMIT = "benchmarks.contenders.limit:application"
_PINBOARD = "config.wsgi:application"
FEEDS = ("feed_25", "feed_100")
# Instead of seconds, to the load generator.
_EACH_ONCE = 0.0


@dataclass(frozen=True)
class Contender:
    """`request`: the whole request for a page. `told`: what counts of an answer, if not the page's own
    way; `pages`: which of them it has. `warm`: what everybody asks once before a turn."""

    command: Callable[[int], list[str]]
    request: Callable[[str, Viewer], str]
    pages: tuple[str, ...] = tuple(PAGES)
    environment: dict[str, str] = field(default_factory=dict)
    told: Callable[[Any], list[Any]] | None = None
    warm: Callable[[str, Viewer], str] | None = None


def contenders(*, with_packages: bool) -> dict[str, Contender]:
    """All that can be measured here; what can't is told."""
    return {**_with_ours(), **(_with_packages() if with_packages else {})}


def _with_ours() -> dict[str, Contender]:
    return {
        ratios.LIMIT: Contender(granian(_LIMIT), requests.by_path),
        "limit, with visibility": Contender(granian(_LIMIT), requests.by_visible_path),
        ratios.PERSISTED: Contender(
            granian(_PINBOARD), requests.by_hash, warm=requests.for_nothing
        ),
        ratios.TEXT: Contender(granian(_PINBOARD), requests.by_text, warm=requests.for_nothing),
        "graphene-django": Contender(
            granian(_PINBOARD),
            requests.by_text,
            FEEDS,
            {"DJANGO_SETTINGS_MODULE": "benchmarks.contenders.stock_settings"},
        ),
    }


def _with_packages() -> dict[str, Contender]:
    found = {}
    if (folder := packages.strawberry()) is not None:
        settings = "benchmarks.contenders.strawberry_settings"
        found["strawberry-django, optimizer"] = Contender(
            granian("benchmarks.contenders.strawberry_wsgi:application"),
            requests.by_text,
            FEEDS,
            {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": settings},
            packages.told_by_strawberry,
        )
    if (folder := packages.postgraphile()) is not None:
        found[ratios.POSTGRAPHILE] = _postgraphile(folder)
        found["PostGraphile 5, asks nobody"] = _postgraphile(folder, ASKS_NOBODY="1")
    return found


def _postgraphile(folder: Path, **environment: str) -> Contender:
    return Contender(
        lambda port: [packages.node(), str(folder / "server.mjs"), str(port)],
        requests.by_document_id,
        FEEDS,
        {
            "GRAPHILE_ENV": "production",
            "NODE_ENV": "production",
            "PERSISTED_OPERATIONS": json.dumps(requests.POSTGRAPHILE),
            **environment,
        },
        packages.told_by_postgraphile,
    )


def measure(options: argparse.Namespace) -> None:
    """Rate, processor time of the server and latency of each contender, page by page."""
    people = viewers(options.viewers)
    found = contenders(with_packages=not options.no_packages)
    pages = {}
    with running({name: (one.command, one.environment) for name, one in found.items()}) as servers:
        for name in (ratios.PERSISTED, ratios.TEXT):
            requests.register(servers[name].port, people[0])
        for page in PAGES:
            taking_part = {name: one for name, one in found.items() if page in one.pages}
            _require_same_answers(page, taking_part, servers, people[0])
            pages[page] = _page(page, taking_part, servers, people, options)
    names = ("people", "viewers", "rounds", "seconds")
    report.publish_pages(
        "graphql",
        pages,
        rate=ratios.RATE,
        reference=ratios.LIMIT,
        folder=options.out,
        judged=list(ratios.verdicts(pages)),
        more={"planning_ms": planning.milliseconds()},
        parameters={**{name: getattr(options, name) for name in names}, "connections": CONNECTIONS},
    )


def _page(
    page: str,
    taking_part: dict[str, Contender],
    servers: dict[str, Server],
    people: list[Viewer],
    options: argparse.Namespace,
) -> dict[str, report.Figures]:
    with tempfile.TemporaryDirectory() as folder:
        turns = {}
        for number, (name, contender) in enumerate(taking_part.items()):
            file, before = Path(folder) / f"{number}.json", None
            file.write_text(json.dumps([contender.request(page, one) for one in people]))
            if contender.warm is not None:
                before = Path(folder) / f"{number}-warm.json"
                before.write_text(json.dumps([contender.warm(page, one) for one in people]))
            turns[name] = partial(_warm_turn, servers[name], options.seconds, file, before)
        return report.rounds(options.rounds, turns)


def _warm_turn(server: Server, seconds: float, file: Path, before: Path | None) -> report.Figures:
    """A turn behind a second that is not counted. Before that, Pinboard looks up again who the sessions
    belong to that were known for their minute: all of them, however long it takes, or the first of its
    two contenders would pay for both."""
    if before is not None:
        turn(server, _EACH_ONCE, before)
    turn(server, min(1.0, seconds), file)
    return turn(server, seconds, file)


def turn(server: Server, seconds: float, file: Path) -> report.Figures:
    before = server.cpu_seconds()
    command = [sys.executable, "-m", "benchmarks.load", str(server.port), str(seconds)]
    done = subprocess.run(
        [*command, str(CONNECTIONS), str(file)], check=True, stdout=subprocess.PIPE, text=True
    )
    seen = json.loads(done.stdout)
    if seen["errors"]:
        raise RuntimeError(f"{seen['errors']} of {seen['requests']} requests failed.")
    return {
        ratios.RATE: seen["requests"] / seen["seconds"],
        ratios.CPU: 1000 * (server.cpu_seconds() - before) / seen["requests"],
        "p50_ms": seen["p50_ms"],
        "p99_ms": seen["p99_ms"],
    }


def _require_same_answers(
    page: str, taking_part: dict[str, Contender], servers: dict[str, Server], viewer: Viewer
) -> None:
    """What is not the same is not compared."""
    told = {}
    for name, contender in taking_part.items():
        answer = requests.answer(servers[name].port, contender.request(page, viewer))
        told[name] = (contender.told or PAGES[page].told)(answer["data"])
    for name, one in told.items():
        if not one or one != told[ratios.LIMIT]:
            raise RuntimeError(f"{name} does not answer {page} as the limit does: {one[:1]}")
