"""What can be set from the command line."""

import argparse
import random
from pathlib import Path

ON_CLUSTER = ("primary",)
FAULTS = ("process", "worker", "flush", "broker", "postgres", "web", "storm", *ON_CLUSTER)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options. Without a seed one is drawn, and printed with the results."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description="Break things while pins are on their way to followers, and count what arrives.",
    )
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of {', '.join(FAULTS)}; all")
    parser.add_argument("--followers", type=int, default=100_000, help="of the author who pins")
    parser.add_argument("--returning", type=int, default=10_000, help="who read after a flush")
    parser.add_argument("--pins", type=int, default=20, help="that are on their way at each fault")
    parser.add_argument("--times", type=int, default=5, help="that each fault happens")
    parser.add_argument("--seed", type=int, help="of the random moments")
    parser.add_argument("--step", type=int, help="followers a task, the product's if not given")
    parser.add_argument("--lease", type=float, help="seconds, the product's if not given")
    parser.add_argument("--sweep", type=float, help="seconds, the product's if not given")
    parser.add_argument("--patience", type=float, default=300, help="seconds until all is lost")
    parser.add_argument("--out", type=Path, default=Path("build/chaos"), help="folder of figures")
    options = parser.parse_args(arguments)
    unknown = set(options.faults) - set(FAULTS)
    if unknown:
        parser.error(f"there is no fault {min(unknown)}; there are {', '.join(FAULTS)}")
    options.faults = options.faults or list(FAULTS)
    if options.seed is None:
        options.seed = random.randrange(10**6)
    return options
