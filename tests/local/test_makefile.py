"""`make` before there is an environment: what it lists, and what it says when something is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "requirements/dev.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(checkout, *arguments):
    # This may itself run under `make test`, whose flags are not this one's.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", *arguments], cwd=checkout, env=environment, capture_output=True, text=True
    )


def stand_in(folder, script):
    """An interpreter that answers as `script` does."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_help_is_the_default_and_lists_every_command(checkout):
    done = make(checkout)
    assert done.returncode == 0
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert listed >= {
        "run", "test", "demo", "lint", "format", "types", "schema", "shell", "migrations", "bench",
        "clean",
    }  # fmt: skip


def test_a_missing_interpreter_is_told_in_a_sentence(checkout):
    done = make(checkout, "run", "PYTHON=/nowhere/python3")
    assert done.returncode != 0
    assert done.stdout.startswith("Python is missing. Install Python 3.11 or newer")
    assert not (checkout / ".venv").exists()


def test_an_old_interpreter_is_told_in_a_sentence(checkout):
    old = stand_in(checkout, '[ "$1" = --version ] && echo Python 3.9.1; exit 1')
    done = make(checkout, "test", old)
    assert done.returncode != 0
    assert done.stdout.startswith("Python 3.9.1 is too old. Pinboard needs Python 3.11 or newer")


def test_a_python_without_venv_is_told_in_a_sentence(checkout):
    bare = stand_in(checkout, 'case "$2" in *venv*) exit 1;; esac')
    done = make(checkout, "test", bare)
    assert done.returncode != 0
    assert done.stdout.startswith("This Python has no venv module.")


def test_a_full_disk_is_told_in_a_sentence(checkout):
    full = stand_in(checkout, 'case "$2" in *disk_usage*) exit 1;; esac')
    done = make(checkout, "run", full)
    assert done.returncode != 0
    assert done.stdout.startswith("The disk has less than 1.5 GB free")
