"""All benchmarks, on one world."""

from django.core.management import call_command

from benchmarks import endurance, fan_out, feed, graphql, records, structures, world
from benchmarks.options import parse

_BENCHMARKS = {
    "graphql": graphql.measure,
    "fan_out": fan_out.measure,
    "feed": feed.measure,
    "endurance": endurance.measure,
    "structures": structures.measure,
    "records": records.measure,
}
_WITHOUT_WORLD = {"structures"}


def main() -> None:
    """Make the world, then measure what was asked for."""
    options = parse()
    call_command("migrate", verbosity=0)
    if not _WITHOUT_WORLD.issuperset(options.names):
        world.fill(options.people)
    for name in options.names:
        _BENCHMARKS[name](options)
