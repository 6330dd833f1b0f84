"""Medians, ratios, a table, and the file of figures."""

import json
import os
import platform
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

Figures = dict[str, float]


def rounds(count: int, contenders: dict[str, Callable[[], Figures]]) -> dict[str, Figures]:
    """The medians of what each contender measures, in turn, `count` times."""
    seen: dict[str, list[Figures]] = {name: [] for name in contenders}
    for _ in range(count):
        for name, measure in contenders.items():
            seen[name].append(measure())
    return {
        name: {key: statistics.median(one[key] for one in turns) for key in turns[0]}
        for name, turns in seen.items()
    }


def publish(
    name: str, medians: dict[str, Figures], *, rate: str, folder: Path, parameters: dict[str, Any]
) -> None:
    """Print a table, the quickest contender as 1, and write `name`.json."""
    best = max(figures[rate] for figures in medians.values())
    contenders = {
        contender: {**figures, "ratio": figures[rate] / best}
        for contender, figures in sorted(medians.items(), key=lambda one: -one[1][rate])
    }
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"contenders": contenders, "parameters": parameters, "machine": machine}
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
    _print(name, contenders)


def _print(name: str, contenders: dict[str, Figures]) -> None:
    keys = list(next(iter(contenders.values())))
    print(f"\n{name}\n")
    print(f"{'contender':32}" + "".join(f"{key:>18}" for key in keys))
    for contender, figures in contenders.items():
        print(f"{contender:32}" + "".join(f"{figures[key]:>18,.2f}" for key in keys))
