"""All faults, one after the other, in one world; the table and the file of figures."""

import argparse
import json
from collections.abc import Sequence

from benchmarks.report import machine
from tests.chaos.faults import Chaos, Row
from tests.chaos.machines import Machines
from tests.chaos.processes import Celery
from tests.chaos.world import World


def main(options: argparse.Namespace, machines: Machines) -> int:
    """Run what was asked for; the exit code."""
    world = World.make(options.followers)
    rows = []
    with Celery(options, options.out) as celery:
        chaos = Chaos(options, machines, celery, world)
        for name in options.faults:
            rows.append(chaos.run(name))
            _write(options, rows)
    _print(options, rows)
    return verdict(rows)


def verdict(rows: Sequence[Row]) -> int:
    """The exit code: 1 if anything was lost, given up, or read by anybody other than once."""
    return int(any(row.lost or row.doubled or row.misread or row.dead for row in rows))


def _write(options: argparse.Namespace, rows: list[Row]) -> None:
    parameters = {name: value for name, value in vars(options).items() if name != "out"}
    figures = {
        "rows": [row._asdict() for row in rows],
        "parameters": parameters,
        "machine": machine(),
    }
    (options.out / "chaos.json").write_text(json.dumps(figures, indent=2) + "\n")


def _print(options: argparse.Namespace, rows: list[Row]) -> None:
    print(f"\nchaos: {options.followers:,} followers, seed {options.seed}\n")
    print("".join(f"{name:>12}" for name in Row._fields))
    for row in rows:
        print("".join(f"{one:>12,}" if isinstance(one, int) else f"{one:>12}" for one in row))
