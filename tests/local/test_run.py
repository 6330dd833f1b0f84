"""`make run`, as real processes: what it prints, what it refuses, and that nothing stays behind."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest

from pinboard.local.account import temporary_folder
from tests import running
from tests.running import OURS, ROOT, Running, assert_gone


@pytest.fixture(scope="module")
def local():
    """A development folder of its own; migrated once for all tests here."""
    path = temporary_folder()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def environment(local):
    return running.environment(local)


@pytest.fixture
def pinboard(environment):
    process = Running(environment)
    yield process
    process.process.kill()
    process.process.wait()


def call(environment, *arguments, **changes):
    return subprocess.run(
        [sys.executable, "-m", "pinboard.local", *arguments],
        env={**environment, **changes},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_it_serves_until_ctrl_c_and_leaves_nothing(pinboard, environment, local):
    pinboard.up()
    url = f"http://127.0.0.1:{environment['PORT']}"
    assert f"{url}/graphql " in "".join(pinboard.lines)
    with urllib.request.urlopen(f"{url}/health/ready") as answer:
        assert json.load(answer)["status"] == "ok"
    live_url = f"http://127.0.0.1:{environment['LIVE_PORT']}"
    assert f"{live_url}/graphql/stream" in "".join(pinboard.lines)
    with urllib.request.urlopen(f"{live_url}/health/ready") as answer:
        assert json.load(answer)["status"] == "ok"

    addresses = dict(line.split("=", 1) for line in (local / "services.env").read_text().split())
    assert set(addresses) == set(OURS)
    show = "import os; print(os.environ['DATABASE_URL'])"
    done = call(environment, "exec", "--", sys.executable, "-c", show)
    assert (done.returncode, done.stdout.strip()) == (0, addresses["DATABASE_URL"])

    again = call(environment, "run")
    assert again.returncode == 1
    assert again.stderr == (
        f"Pinboard runs already from this checkout (process {pinboard.process.pid}). "
        "Stop it with Ctrl-C where it runs.\n"
    )

    family = pinboard.family()
    assert len(family) > 5
    pinboard.process.send_signal(signal.SIGINT)
    code, text = pinboard.end()
    assert (code, text.splitlines()[-1]) == (0, "Stopped.")
    assert "Traceback" not in text
    assert_gone(family, within=0)
    assert not (local / "services.env").exists()
    assert not (local / "processes.json").exists()


def test_a_killed_one_leaves_nothing_that_the_next_start_minds(pinboard, environment):
    pinboard.up()
    family = pinboard.family()
    pinboard.process.kill()
    pinboard.process.wait()
    second = Running(environment).up()
    assert_gone(family, within=0)

    # A worker that dies is named, and the rest ends with it.
    worker = next(
        one for one in psutil.Process(second.process.pid).children() if "worker" in one.cmdline()
    )
    family = second.family()
    worker.kill()
    code, text = second.end()
    assert code == 1
    assert "The worker process has ended, so all is stopped." in text
    assert_gone(family, within=0)


@pytest.mark.parametrize("name", ["PORT", "LIVE_PORT"])
def test_a_taken_port_is_told_in_a_sentence(environment, name):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = call(environment, "run", **{name: str(port)})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Port {port} is taken. Stop what listens there, or choose another: "
        f"make run {name}={port + 1}\n"
    )


def test_a_port_that_is_none_is_told_in_a_sentence(environment):
    done = call(environment, "run", PORT="http")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "PORT is a number from 1 to 65534, not 'http'.\n"


def test_exec_starts_services_for_its_command_and_hands_on_its_exit_code(environment, local):
    script = "import os, sys; print(os.environ['CACHE_URL']); sys.exit(7)"
    done = call(environment, "exec", "--", sys.executable, "-c", script)
    assert done.returncode == 7
    assert done.stdout.startswith("redis://127.0.0.1:")
    assert not (local / "services.env").exists()


def test_exec_of_nothing_is_told_in_a_sentence(environment):
    done = call(environment, "exec", "--", "no-such-command")
    assert (done.returncode, done.stderr) == (1, "There is no command `no-such-command`.\n")
