"""Rules of the code that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("apps", "benchmarks", "config", "pinboard", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
# A signal is how a library tells of what it did; the domain tells by events.
NO_SIGNALS = {"django.db.models.signals", "django.dispatch"}


def found(of_file, sign):
    """`path:line` of whatever `of_file(tree)` yields, over all files. `sign`: an expression for a line that each
    file has which has any; the others are not parsed."""
    return [
        f"{path}:{node.lineno}"
        for path in FILES
        if re.search(sign, text := (ROOT / path).read_text(), re.MULTILINE)
        for node in of_file(ast.parse(text), path)
    ]


def _imports(tree):
    return (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))


def test_there_are_files():
    assert len(FILES) > 100


def test_no_import_hides_in_a_function():
    def hidden(tree, path):
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from _imports(node)

    assert found(hidden, r"^(?!from |import ).*\bimport\b") == []


def test_no_model_is_fetched_by_name():
    def fetched(tree, path):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "get_model":
                yield node

    assert found(fetched, "get_model") == []


def test_no_signals_carry_the_domain():
    def signals(tree, path):
        for node in _imports(tree):
            if path.parts[0] == "apps" and getattr(node, "module", "") in NO_SIGNALS:
                yield node

    assert found(signals, "|".join(map(re.escape, NO_SIGNALS))) == []


@pytest.mark.parametrize("folder", ["apps", "config", "pinboard"])
def test_every_module_says_what_it_is(folder):
    silent = [
        str(path)
        for path in FILES
        if path.parts[0] == folder and (text := (ROOT / path).read_text()).strip()
        if ast.get_docstring(ast.parse(text)) is None
    ]
    assert silent == []


def test_no_file_outgrows_itself():
    long = {
        str(path): n
        for path in FILES
        if (n := len((ROOT / path).read_text().splitlines())) > MAX_LINES
    }
    assert long == {}
