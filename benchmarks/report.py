"""Medians, ratios, a table, and the file of figures."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.verdicts import Verdict, show

Figures = dict[str, float]


def rounds(count: int, contenders: dict[str, Callable[[], Figures]]) -> dict[str, Figures]:
    """The medians of what each contender measures, in turn, `count` times."""
    seen: dict[str, list[Figures]] = {name: [] for name in contenders}
    for _ in tqdm(range(count), desc=f"{'rounds':>12}", file=sys.stderr):
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
    best = max(medians, key=lambda contender: medians[contender][rate])
    contenders = _with_ratios(medians, rate, best)
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"contenders": contenders, "parameters": parameters, "machine": machine()}
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
    _print(name, contenders)


def publish_pages(
    name: str,
    pages: dict[str, dict[str, Figures]],
    *,
    rate: str,
    reference: str,
    folder: Path,
    more: dict[str, Any],
    parameters: dict[str, Any],
    judged: Sequence[Verdict] = (),
) -> None:
    """Print a table a page, the contender `reference` as 1, and write all of it to `name`.json, by
    contender and page."""
    found = {page: _with_ratios(medians, rate, reference) for page, medians in pages.items()}
    contenders = {one: None for medians in found.values() for one in medians}
    figures = {
        "contenders": {
            one: {page: medians[one] for page, medians in found.items() if one in medians}
            for one in contenders
        },
        "verdicts": [one._asdict() for one in judged],
        **more,
        "parameters": parameters,
        "machine": machine(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")
    for page, medians in found.items():
        _print(f"{name}: {page}", medians)
    for title, values in more.items():
        print(f"\n{title}: " + ", ".join(f"{key} {value:.2f}" for key, value in values.items()))
    if judged:
        show(name, judged)


def _with_ratios(medians: dict[str, Figures], rate: str, reference: str) -> dict[str, Figures]:
    one = medians[reference][rate]
    return {
        contender: {**figures, "ratio": figures[rate] / one}
        for contender, figures in sorted(medians.items(), key=lambda item: -item[1][rate])
    }


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {"cores": os.cpu_count(), "python": platform.python_version()}


def _print(name: str, contenders: dict[str, Figures]) -> None:
    keys = list(next(iter(contenders.values())))
    print(f"\n{name}\n")
    print(f"{'contender':32}" + "".join(f"{key:>18}" for key in keys))
    for contender, figures in contenders.items():
        print(f"{contender:32}" + "".join(f"{figures[key]:>18,.2f}" for key in keys))
