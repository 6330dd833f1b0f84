"""The rows, on the screen and in feed.json."""

import argparse
import json
from typing import Any

from benchmarks import report
from benchmarks.rows import verdicts
from benchmarks.verdicts import show

Row = dict[str, float]


class Results:
    """Rows by name, points of curves, and what they come to."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.rows: dict[str, Row] = {}
        self.curves: dict[str, list[list[float]]] = {}
        self._file = options.out / "feed.json"
        names = ("people", "pins", "feed_followers", "most_followers", "rounds", "lag_seconds")
        self._parameters = {name: getattr(options, name) for name in names}
        options.out.mkdir(parents=True, exist_ok=True)

    def row(self, name: str, values: Row) -> None:
        """Keep and print a row."""
        self.rows[name] = values
        print(f"\nfeed: {name}")
        for key, value in values.items():
            print(f"    {key:58}{value:>16,.2f}")
        self._write([])

    def curve(self, name: str, points: list[list[float]]) -> None:
        """Keep the points of a curve; `benchmarks.curves` says what each number is."""
        self.curves[name] = points
        self._write([])

    def judge(self) -> None:
        """What must be, and what is."""
        found = verdicts(self.rows)
        self._write([one._asdict() for one in found])
        show("feed", found)

    def _write(self, judged: list[dict[str, Any]]) -> None:
        figures = {
            "rows": self.rows,
            "curves": self.curves,
            "verdicts": judged,
            "parameters": self._parameters,
            "machine": report.machine(),
        }
        self._file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
