"""What a figure must be, and whether it is."""

from collections.abc import Iterable
from typing import NamedTuple


class Verdict(NamedTuple):
    """What was found, what it must be, and whether it is."""

    what: str
    must: str
    found: float
    holds: bool


def at_most(what: str, found: float, most: float) -> Verdict:
    """Whether a figure is small enough."""
    return Verdict(what, f"at most {most:g}", found, found <= most)


def at_least(what: str, found: float, least: float) -> Verdict:
    """Whether a figure is large enough."""
    return Verdict(what, f"at least {least:,g}", found, found >= least)


def show(name: str, judged: Iterable[Verdict]) -> None:
    """Print a line for each."""
    print(f"\n{name}: what must be")
    for one in judged:
        mark = "yes" if one.holds else "NO"
        print(f"    {one.what:66}{one.must:>16}{one.found:>14,.2f}  {mark}")
