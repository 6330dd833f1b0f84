"""All faults, one after the other, in one world; the table and the file of figures."""

import argparse
import json
from collections.abc import Iterator, Sequence

from benchmarks.report import machine
from tests.chaos.faults import Chaos, Row
from tests.chaos.machines import Machines
from tests.chaos.options import ON_CLUSTER
from tests.chaos.processes import Celery
from tests.chaos.world import World


def main(options: argparse.Namespace, machines: Machines) -> int:
    """Run what was asked for; the exit code."""
    world = World.make(options.followers)
    rows = list[Row]()
    for row in _rows(options, machines, world):
        rows.append(row)
        _write(options, rows)
    _print(options, rows)
    return verdict(rows)


def _rows(options: argparse.Namespace, machines: Machines, world: World) -> Iterator[Row]:
    """What the product suffers on one Valkey, and then what it does on a cluster."""
    if names := [name for name in options.faults if name not in ON_CLUSTER]:
        yield from _broken(options, machines, world, names)
    if names := [name for name in options.faults if name in ON_CLUSTER]:
        with machines.on_cluster() as cluster:
            world.make_timelines()
            cluster.in_step()
            yield from _broken(options, machines, world, names)


def _broken(
    options: argparse.Namespace, machines: Machines, world: World, names: Sequence[str]
) -> Iterator[Row]:
    with Celery(options, options.out) as celery:
        chaos = Chaos(options, machines, celery, world)
        for name in names:
            yield chaos.run(name)


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
