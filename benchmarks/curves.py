"""`python -m benchmarks.curves`: draw build/bench/feed.json into docs/feed/.

The same figures give the same files. They have a ground of their own, so that they can be read on light
pages and on dark ones.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

_INK, _GROUND, _LINE = "#1f2328", "#ffffff", "#d0d7de"
_COLORS = ("#0969da", "#cf222e")
# Without these each drawing has other ids, and the hour in it.
_ALWAYS_THE_SAME = {"svg.hashsalt": "pinboard", "svg.fonttype": "none"}
_STYLE = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "figure.facecolor": _GROUND,
    "axes.facecolor": _GROUND,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _LINE,
}


class Curve(NamedTuple):
    """A picture. `lines`: what the numbers of a point are after its first one; `scale`: what they are
    divided by."""

    title: str
    x: str
    y: str
    lines: tuple[str, ...]
    scale: float = 1.0
    x_scale: str = "log"
    y_scale: str = "linear"


CURVES = {
    "deliveries": Curve(
        "From the commit of a pin to its last follower, two worker processes",
        "followers",
        "deliveries a second, thousands",
        ("through Celery",),
        1_000,
    ),
    "pages": Curve(
        "First page of 25 of the home feed, eight connections",
        "people followed",
        "milliseconds",
        ("half of the pages", "99 of 100"),
    ),
    "memory": Curve(
        "Full timelines of 800 entries in Valkey",
        "people",
        "megabytes",
        ("used_memory",),
        1e6,
        "linear",
    ),
    "lag": Curve(
        "From commit to visible in the feeds of 1,000 followers",
        "new pins a second",
        "milliseconds",
        ("half of the pins", "99 of 100"),
        y_scale="log",
    ),
}


def draw(points: list[list[float]], curve: Curve, file: Path) -> None:
    """One picture."""
    with matplotlib.rc_context({**_STYLE, **_ALWAYS_THE_SAME}):
        figure = Figure(figsize=(6.4, 3.2), layout="constrained")
        axes = figure.subplots()
        for number, (label, color) in enumerate(zip(curve.lines, _COLORS, strict=False), start=1):
            values = [point[number] / curve.scale for point in points]
            axes.plot(
                [point[0] for point in points], values, marker="o", markersize=4, color=color,
                label=label,
            )  # fmt: skip
        axes.set(title=curve.title, xlabel=curve.x, ylabel=curve.y)
        axes.set(xscale=curve.x_scale, yscale=curve.y_scale)
        if curve.y_scale == "linear":
            axes.set_ylim(bottom=0)
        if curve.x_scale == "log":
            axes.set_xticks([point[0] for point in points])
            axes.xaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.title.set_fontsize(10)
        axes.grid(visible=True, linewidth=0.6)
        axes.legend(frameon=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, metadata={"Date": None, "Creator": None})


def draw_all(figures: dict[str, list[list[float]]], folder: Path) -> list[Path]:
    """All for which there are points; the files."""
    drawn = []
    for name, curve in CURVES.items():
        if figures.get(name):
            file = folder / f"{name}.svg"
            draw(figures[name], curve, file)
            drawn.append(file)
    return drawn


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the feed's curves.")
    parser.add_argument("--figures", type=Path, default=Path("build/bench/feed.json"))
    parser.add_argument("--out", type=Path, default=Path("docs/feed"))
    options = parser.parse_args()
    for file in draw_all(json.loads(options.figures.read_text())["curves"], options.out):
        print(file)


if __name__ == "__main__":
    main()
