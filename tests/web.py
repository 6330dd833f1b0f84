"""A web process of its own, as production has it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

from pinboard.local.process import end_with_parent, free_port
from tests.processes import ROOT, environment


class Web(NamedTuple):
    """Where it answers, and the number of the process that has its workers."""

    url: str
    pid: int


@contextmanager
def web_process(log: Path | None = None, threads: int = 4, **changes: str) -> Iterator[Web]:
    """One on the test's services, with changes to its environment, until the block ends. `log`: the
    file for what it writes; `threads`: that answer side by side."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += [
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        str(threads),
        "--no-ws",
    ]
    with nullcontext() if log is None else log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--log-level", "warning", "config.wsgi:application"],
            env=environment(**{"LOG_LEVEL": "ERROR", **changes}),
            cwd=ROOT,
            stdout=output,
            stderr=output,
            preexec_fn=end_with_parent,
        )
    try:
        _wait_for(port, process)
        yield Web(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse()
            return
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("The server did not answer within 30 seconds.")
