"""`make run`: the whole product on one machine, in the foreground, until Ctrl-C."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from types import FrameType

from pinboard.local.account import data_folder
from pinboard.local.checkout import LOCAL, alone, environment
from pinboard.local.children import Child, end_all
from pinboard.local.execute import MIGRATE, manage
from pinboard.local.process import LocalError, is_taken
from pinboard.local.registry import Registry

_START_SECONDS = 60
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_BANNER = """
Pinboard is up.

  GraphiQL   {url}/graphql       (as ada, with her home feed)
  Admin      {url}/admin/
  Health     {url}/health/ready
  Streams    {live_url}/graphql/stream

  Log in     ada@pinboard.example, or staff@pinboard.example for all of the admin
  Password   pinboard-demo

Ctrl-C stops all of it. The data stays in {data}.
"""


class _Stop(Exception):
    """A signal, as an exception, so that every block is left in order."""


def run() -> None:
    """Start everything, print where it is, wait for the end."""
    port = _port("PORT", 8000)
    live_port = _port("LIVE_PORT", port + 1)
    for number in _SIGNALS:
        signal.signal(number, _raise_stop)
    try:
        with alone():
            registry = Registry(LOCAL / "processes.json")
            registry.end_leftovers()
            _refuse_taken("PORT", port)
            _refuse_taken("LIVE_PORT", live_port)
            with environment() as variables:
                variables.setdefault("FRONTEND_URL", f"http://127.0.0.1:{port}")
                manage(variables, *MIGRATE)
                _serve(variables, port, live_port, registry)
    except _Stop:
        print("\nStopped.")


def _port(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or not 0 < int(text) < 65_535:
        raise LocalError(f"{name} is a number from 1 to 65534, not {text!r}.")
    return int(text)


def _refuse_taken(name: str, port: int) -> None:
    if is_taken(port):
        raise LocalError(
            f"Port {port} is taken. Stop what listens there, or choose another: "
            f"make run {name}={port + 1}"
        )


def _serve(variables: Mapping[str, str], port: int, live_port: int, registry: Registry) -> None:
    children: list[Child] = []
    try:
        for name, command in _commands(port, live_port).items():
            children.append(Child(name, command, variables, registry))
        _wait_until_ready(port, children)
        _wait_until_ready(live_port, children)
        _fill_first_time(variables)
        url, live_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{live_port}"
        print(_BANNER.format(url=url, live_url=live_url, data=data_folder(LOCAL)), flush=True)
        while True:
            _raise_for_the_dead(children)
            time.sleep(0.3)
    finally:
        _ignore_signals()
        end_all(children)
        registry.clear()


def _commands(port: int, live_port: int) -> dict[str, list[str]]:
    # Celery warns of root's rights; who is root on a laptop has chosen it.
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges"]
    celery = [*python, "-m", "celery", "--quiet", "-A", "config"]
    granian = [
        *python, "-m", "granian", "--host", "127.0.0.1", "--workers", "1", "--no-ws",
        "--log-level", "warning",
    ]  # fmt: skip
    return {
        "web": [
            *granian, "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4",
            "config.wsgi:application",
        ],
        "live": [
            *granian, "--interface", "asgi", "--port", str(live_port),
            "--workers-kill-timeout", "1", "config.asgi:application",
        ],
        "worker": [*celery, "worker", "-Q", "fanout,relay,default,media,refill", "-c", "2"],
        "beat": [*celery, "beat", "--schedule", str(LOCAL / "beat-schedule")],
    }  # fmt: skip


def _fill_first_time(variables: Mapping[str, str]) -> None:
    # Beside the data: who deletes them starts anew.
    marker = data_folder(LOCAL) / "started"
    if not marker.exists():
        if os.environ.get("DEMO") != "0":
            manage(variables, "demo", "--if-empty")
        marker.touch()


def _wait_until_ready(port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_ready(port):
        _raise_for_the_dead(children)
        if time.monotonic() > deadline:
            raise LocalError(
                f"Nothing is ready at port {port} after {_START_SECONDS} seconds. See the lines above."
            )
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _raise_for_the_dead(children: list[Child]) -> None:
    for child in children:
        if child.has_ended:
            raise LocalError(
                f"The {child.name} process has ended, so all is stopped. It said:\n"
                f"{child.last_words}"
            )


def _raise_stop(_number: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise _Stop


def _ignore_signals() -> None:
    """Stopping takes seconds; a second Ctrl-C shall not leave half of it behind."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
