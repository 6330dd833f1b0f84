"""Processor time of Postgres, Valkey and others, as the kernel and they count it themselves."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from django.db import connection
from django_redis import get_redis_connection

from pinboard.sql import rows

Meter = Callable[[], float]


def services() -> dict[str, Meter]:
    """The meters of Postgres and Valkey; each gives the seconds used so far."""
    return {"Postgres": _postgres(), "Valkey": valkey}


def family(pid: int) -> Meter:
    """The meter of a process and its children."""

    def read() -> float:
        parent = psutil.Process(pid)
        return sum(map(_seconds, (parent.pid, *(one.pid for one in parent.children(True)))))

    return read


def used(meters: dict[str, Meter], work: Callable[[], Any]) -> dict[str, float]:
    """The seconds of each meter that some work takes."""
    before = {name: meter() for name, meter in meters.items()}
    work()
    return {name: meter() - before[name] for name, meter in meters.items()}


def valkey() -> float:
    """The seconds that Valkey has used so far."""
    found = get_redis_connection("default").info("cpu")
    return float(found["used_cpu_user"]) + float(found["used_cpu_sys"])


def active_milliseconds() -> float:
    """The time for which this database has run statements, as Postgres counts it."""
    rows("SELECT pg_stat_force_next_flush()", [])
    ((milliseconds,),) = rows(
        "SELECT active_time FROM pg_stat_database WHERE datname = current_database()", []
    )
    return float(milliseconds)


def _postgres() -> Meter:
    connection.ensure_connection()
    ((own,),) = rows("SELECT pg_backend_pid()", [])
    postmaster = psutil.Process(own).parent()
    assert postmaster is not None

    def read() -> float:
        ended = postmaster.cpu_times()
        return (
            sum(map(_seconds, _pids(postmaster.children())))
            + ended.children_user
            + ended.children_system
        )

    return read


def _pids(processes: Iterable[psutil.Process]) -> Iterable[int]:
    return (one.pid for one in processes)


def _seconds(pid: int) -> float:
    """Of all threads of a process, to the microsecond, which its times in ticks are not."""
    total = 0
    with suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            total += int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text().split()[0])
    return total / 1e9
