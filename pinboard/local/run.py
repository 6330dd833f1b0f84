"""`make run`: the whole product on one machine, in the foreground, until Ctrl-C."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType

from pinboard.local.account import data_folder
from pinboard.local.children import Child, end_all
from pinboard.local.process import LocalError, is_taken
from pinboard.local.services import running

ROOT = Path(__file__).resolve().parents[2]
# Another folder lets a second copy run beside the first, as the tests do.
LOCAL = Path(os.environ.get("PINBOARD_LOCAL", ROOT / ".local"))
ENV_FILE = LOCAL / "services.env"
SERVICE_VARIABLES = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL")

_BANNER = """
Pinboard is up.

  GraphiQL   {url}/graphql       (as ada, with her home feed)
  Admin      {url}/admin/
  Health     {url}/health/ready

  Log in     ada@pinboard.example, or staff@pinboard.example for all of the admin
  Password   pinboard-demo

Ctrl-C stops all of it. The data stays in {data}.
"""


class _Stop(Exception):
    """SIGTERM, as an exception, so that every block is left in order."""


def run() -> None:
    """Start everything, print where it is, wait for the end."""
    port = int(os.environ.get("PORT", "8000"))
    if is_taken(port):
        raise LocalError(
            f"Port {port} is taken. Stop what listens there, or choose another: make run PORT=8001"
        )
    signal.signal(signal.SIGTERM, _raise_stop)
    try:
        with _alone(), environment() as variables:
            _manage(variables, "migrate", "--no-input", "--verbosity", "0")
            _serve(variables, port)
    except (KeyboardInterrupt, _Stop):
        print("\nStopped.")


def execute(command: list[str]) -> int:
    """Run a command with the development services, started for it unless they are up."""
    # With a file, `make run` or another command has them up; the settings read it.
    around = nullcontext(dict(os.environ)) if ENV_FILE.exists() and _is_held() else environment()
    with around as variables:
        return subprocess.run(command, env=variables, cwd=ROOT).returncode


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """The environment of Pinboard's processes, embedded services up where no others are named."""
    if all(name in os.environ for name in SERVICE_VARIABLES):
        yield dict(os.environ)
        return
    with running(data_folder(LOCAL), durable=True) as services:
        addresses = services.environment()
        ENV_FILE.write_text("".join(f"{name}={value}\n" for name, value in addresses.items()))
        try:
            # On a terminal every request and task would bury what matters.
            yield {"LOG_LEVEL": "WARNING", **addresses, **os.environ}
        finally:
            ENV_FILE.unlink(missing_ok=True)


def _serve(variables: dict[str, str], port: int) -> None:
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "-A", "config"]
    commands = {
        "web": [
            python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", "1", "--blocking-threads", "4",
            "--no-ws", "--log-level", "warning", "config.wsgi:application",
        ],
        "worker": [*celery, "worker", "-Q", "default,fanout,media", "-c", "2"],
        "beat": [*celery, "beat", "--schedule", str(LOCAL / "beat-schedule")],
    }  # fmt: skip
    children = [Child(name, command, variables) for name, command in commands.items()]
    try:
        _wait_for_port(port, children)
        _fill_first_time(variables)
        print(_BANNER.format(url=f"http://127.0.0.1:{port}", data=data_folder(LOCAL)), flush=True)
        _watch(children)
    finally:
        end_all(children)


def _fill_first_time(variables: dict[str, str]) -> None:
    marker = LOCAL / "demo"
    if os.environ.get("DEMO", "1") != "0" and not marker.exists():
        _manage(variables, "demo")
        marker.touch()


def _wait_for_port(port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + 60
    while not is_taken(port):
        _raise_for_the_dead(children)
        if time.monotonic() > deadline:
            raise LocalError("The web process does not answer after a minute. See its lines above.")
        time.sleep(0.1)


def _watch(children: list[Child]) -> None:
    while True:
        _raise_for_the_dead(children)
        time.sleep(0.3)


def _raise_for_the_dead(children: list[Child]) -> None:
    for child in children:
        if child.has_ended:
            words = "\n".join(child.last_words)
            raise LocalError(
                f"The {child.name} process has ended, so all is stopped. It said:\n{words}"
            )


def _manage(variables: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *arguments], env=variables, cwd=ROOT)
    if done.returncode:
        raise LocalError(f"`manage.py {arguments[0]}` failed; its message is above.")


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the checkout's lock, which the kernel gives back however this process ends."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(
                "Pinboard runs already from this checkout. Stop it with Ctrl-C where it runs."
            ) from None
        yield


def _is_held() -> bool:
    with (LOCAL / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _raise_stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stop
