"""First pages over HTTP: the ranked feed against the plain one, and whomever one follows."""

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks import meters, report, requests, world
from benchmarks.feed.results import Results, Row
from benchmarks.graphql import turn
from benchmarks.pages import PAGES
from benchmarks.rows import BARE, BY_FOLLOWED, PAGE, PAGE_BESIDE, RANKED
from benchmarks.servers import Server, granian
from benchmarks.world import Viewer

_FOLLOWED = (10, 100, 1_000, 5_000)
_READERS = 20
_TOPICS = 5
# Of the few whom somebody with little to read follows: enough for a full timeline.
_PINS_EACH = 90


def measure(options: argparse.Namespace, results: Results) -> None:
    """Processor time of the server, and latency."""
    people = world.viewers(min(options.viewers, 200))
    world.follow_topics([one.id for one in people], _TOPICS)
    turns = {(name, 0): _requests(name, people) for name in (BARE, RANKED)}
    world.fill_up(min(_FOLLOWED), _PINS_EACH)
    for count in _FOLLOWED:
        if count < options.people or count == min(_FOLLOWED):
            turns[RANKED, count] = _requests(RANKED, _readers(count))
    server = Server(granian("config.wsgi:application"), {})
    try:
        found = _measured(server, turns, options)
        results.row(PAGE_BESIDE, _beside(server, turns[RANKED, 0], options))
    finally:
        server.stop()
    results.row(PAGE, {name: found[name, 0]["cpu_ms_a_request"] for name in (BARE, RANKED)})
    by_followed = {count: found[RANKED, count] for _, count in turns if count}
    results.row(
        BY_FOLLOWED, {f"{count:,}": one["cpu_ms_a_request"] for count, one in by_followed.items()}
    )
    results.curve(
        "pages", [[count, one["p50_ms"], one["p99_ms"]] for count, one in by_followed.items()]
    )


def _measured(
    server: Server, turns: dict[tuple[str, int], list[str]], options: argparse.Namespace
) -> dict[tuple[str, int], dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        asked = {}
        for number, (what, texts) in enumerate(turns.items()):
            file = Path(folder) / f"{number}.json"
            file.write_text(json.dumps(texts))
            turn(server, min(1.0, options.seconds), file)  # warm
            asked[str(what)] = lambda file=file: turn(server, options.seconds, file)
        found = report.rounds(options.rounds, asked)
        return {what: found[str(what)] for what in turns}


def _beside(server: Server, texts: list[str], options: argparse.Namespace) -> Row:
    """Milliseconds of Postgres and Valkey a page."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        seen: list[report.Figures] = []
        took = meters.used(
            meters.services(), lambda: seen.append(turn(server, options.seconds, Path(file.name)))
        )
    pages = seen[0]["requests_a_second"] * options.seconds
    return {name: 1e3 * seconds / pages for name, seconds in took.items()}


def _requests(feed: str, people: list[Viewer]) -> list[str]:
    query = PAGES["feed_25"].query
    for name in (BARE, RANKED):
        query = query.replace(name, feed)
    return [requests.posted({"query": query}, one) for one in people]


def _readers(count: int) -> list[Viewer]:
    readers = [world.reader(f"reads{count}_{number}", count) for number in range(_READERS)]
    world.follow_topics([one.id for one in readers], _TOPICS)
    return [world.log_in(one.id) for one in readers]
