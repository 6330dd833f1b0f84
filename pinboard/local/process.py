"""Starting and ending processes of our own, by their ids."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
# Loaded here: a child that has just been forked should do as little as it can.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
DISK_FULL = "The disk is full. Make room, then start again."


class LocalError(Exception):
    """Something on this machine is in the way; the message says what to do."""


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end_with_parent(how: signal.Signals = signal.SIGTERM) -> None:
    """To be called in a child: the kernel sends it `how` when its parent dies, however (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, how)


def wait_until(
    ready: Callable[[], bool], process: "subprocess.Popen[bytes]", name: str, log: Path
) -> None:
    """Wait until a service answers; `LocalError` with its last words when it does not."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if ready():
            return
        time.sleep(0.02)
    raise failed(f"{name} did not start.", log)


def failed(sentence: str, log: Path) -> LocalError:
    """What to raise for a service that failed: the reason if it is plain, else its last words."""
    words = last_lines(log)
    if "No space left" in words:
        return LocalError(DISK_FULL)
    return LocalError(f"{sentence} Its last words, from {log}:\n{words}")


def last_lines(log: Path, count: int = 8) -> str:
    """The end of a log file."""
    if not log.exists():
        return "(nothing)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) or "(nothing)"


def stop(
    process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM, patience: float = 10
) -> None:
    """Ask a process to end, and insist after `patience` seconds."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def open_log(path: Path) -> IO[bytes]:
    """A log file to append to, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")
