"""A server, a world, and Node with the clients' packages."""

import base64
import fcntl
import hashlib
import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.auth import session_of
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.media.samples import encode
from tests.web import web_process

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INSTALLED = HERE / "node_modules" / ".installed"
ARTIFACTS = ROOT / "build" / "relay"
PINS = 45
CSRF = "t" * 32


def node_environment():
    """Node comes with the Python packages: nobody needs one of their own."""
    scripts = sysconfig.get_path("scripts")
    return {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="session")
def node():
    """Node's environment, with the clients' packages installed and Relay's documents compiled."""
    found = node_environment()
    lock, documents = HERE / "package-lock.json", HERE.glob("relay/*.js")
    compiled_from = [lock, HERE / "relay.config.json", ROOT / "schema.graphql", *sorted(documents)]
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "clients.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _once(INSTALLED, [lock], ["npm", "ci", "--ignore-scripts"], found)
        ARTIFACTS.mkdir(exist_ok=True)
        (ARTIFACTS / "package.json").write_text('{"type": "commonjs"}')
        compiler = ["npx", "--no-install", "relay-compiler", "relay.config.json"]
        _once(ARTIFACTS / ".compiled", compiled_from, compiler, found)
    return found


def _once(marker, files, command, found):
    """Run a command, unless it ran for these files as they are."""
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    if not marker.exists() or marker.read_text() != digest:
        _run(command, found)
        marker.write_text(digest)


def _run(command, found):
    done = subprocess.run(command, cwd=HERE, env=found, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.fail(
            f"`{' '.join(command)}` failed. The first time it needs the npm registry.\n{done.stdout}{done.stderr}"
        )


@pytest.fixture(scope="module")
def url(django_db_setup, tmp_path_factory):
    """The endpoint of a server for all suites."""
    with web_process(MEDIA_ROOT=str(tmp_path_factory.mktemp("media"))) as web:
        yield f"{web.url}/graphql"


@pytest.fixture
def target(transactional_db, url):
    """What the suites are told: where to ask, as whom, and what is there."""
    ada = UserFactory(username="ada")
    board = BoardFactory(owner=ada)
    for number in range(PINS):
        make_pin(board, title=f"Pin {number}")
    session = session_of(ada)
    return {
        "url": url,
        "token": session,
        "cookie": f"session={session}; csrftoken={CSRF}",
        "csrf": CSRF,
        "viewer": str(ada.pk),
        "board": str(board.pk),
        "emptyBoard": str(BoardFactory(owner=ada).pk),
        "pins": PINS,
        "jpeg": base64.b64encode(encode()).decode(),
        "artifacts": str(ARTIFACTS),
    }


@pytest.fixture
def suite(node, target):
    """Runs a suite; what each of its checks found: None where it is right."""

    def run(name):
        done = subprocess.run(
            ["node", f"{name}.mjs"],
            cwd=HERE,
            env={**node, "TARGET": json.dumps(target)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        checks = [json.loads(line) for line in done.stdout.splitlines()]
        return {check["name"]: check["problem"] for check in checks}

    return run
