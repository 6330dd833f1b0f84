"""Other processes that work on the test's own database and Valkey."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
SETUP = "import django; django.setup()\n"


def environment(**changes: str) -> dict[str, str]:
    """The environment of a process that shares the test's services, with changes."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = parts._replace(path=f"/{connection.settings_dict['NAME']}")
    shared = {"DATABASE_URL": urlunsplit(database), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return {**os.environ, **shared, "LOG_LEVEL": "INFO", **changes}


def start(
    script: str, *arguments: str, root: Path = ROOT, **changes: str
) -> "subprocess.Popen[str]":
    """Start a Python process that has Django set up. `root`: of the code that it runs."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SETUP + script, *arguments],
        env=environment(**changes),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(script: str, *arguments: str, root: Path = ROOT, **changes: str) -> tuple[str, str]:
    """Run one to its end, which has to be a good one; what it wrote to output and to the log."""
    process = start(script, *arguments, root=root, **changes)
    output, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    return output, log
