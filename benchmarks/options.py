"""What a run of the benchmarks can be told."""

import argparse
from pathlib import Path

NAMES = ("graphql", "fan_out", "feed", "endurance", "structures", "records")
# They take minutes, or answer what was decided: only where they are asked for by name.
_BY_NAME = ("endurance", "structures", "records")


def parse() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time Pinboard against others, in turn, on the same data.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"{' or '.join(NAMES)}; all but {' and '.join(_BY_NAME)} without any",
    )
    parser.add_argument("--people", type=int, default=10_000, help="in the world; 30 pins each")
    parser.add_argument("--viewers", type=int, default=1_000, help="who ask; timelines of 800")
    parser.add_argument("--followers", type=int, default=20_000, help="of a fan-out's author")
    parser.add_argument(
        "--feed-followers", type=int, default=100_000, help="of an author whose pin goes by Celery"
    )
    parser.add_argument(
        "--most-followers", type=int, default=1_000_000, help="of the largest author of the feed"
    )
    parser.add_argument(
        "--pins", type=int, default=1_000_000, help="in the world where a timeline is built"
    )
    parser.add_argument(
        "--lag-seconds", type=float, default=10.0, help="for which each rate of new pins is kept up"
    )
    parser.add_argument("--timelines", type=int, default=2_000, help="of each structure")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median counts")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn under load")
    parser.add_argument(
        "--no-packages",
        action="store_true",
        help="leave out the contenders that bring packages of their own",
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="of endurance")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="for the figures")
    options = parser.parse_args()
    options.names = options.names or [name for name in NAMES if name not in _BY_NAME]
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    return options
