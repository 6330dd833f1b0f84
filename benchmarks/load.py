"""A load generator: `python -m benchmarks.load PORT SECONDS CONNECTIONS FILE [RATE]`.

Sends the requests of a file (JSON: a list of texts, a byte a character) again and again, or each once
where SECONDS is 0, over connections that are kept alive, one at a time on each, and prints what it saw
as JSON. A process of its own, on a core of its own. With a rate (requests a second) they are sent at
set times, and a request that has to wait for its connection has begun when it was due.
"""

import asyncio
import itertools
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import LOAD_CORE


class Clock:
    """When requests are due."""

    def __init__(self, rate: float) -> None:
        self._pause = 1 / rate if rate else 0.0
        self._due = time.perf_counter()

    async def next(self) -> float:
        """Wait for the next request's time, and give it."""
        if not self._pause:
            return time.perf_counter()
        due = self._due
        self._due += self._pause
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return due


async def _send(
    port: int, requests: Iterator[bytes], clock: Clock, until: float, times: list[float]
) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    errors = 0
    while (start := await clock.next()) < until and (request := next(requests, None)) is not None:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        errors += not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body[:20]
        times.append(time.perf_counter() - start)
    writer.close()
    return errors


async def _load(
    port: int, seconds: float, connections: int, texts: list[str], rate: float
) -> dict[str, float]:
    encoded = [text.encode("latin-1") for text in texts]
    requests = itertools.cycle(encoded) if seconds else iter(encoded)
    times: list[float] = []
    start, clock = time.perf_counter(), Clock(rate)
    until = start + (seconds or math.inf)
    senders = [_send(port, requests, clock, until, times) for _ in range(connections)]
    errors = sum(await asyncio.gather(*senders))
    took = time.perf_counter() - start
    times.sort()
    return {
        "requests": len(times),
        "seconds": took,
        "errors": errors,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[int(len(times) * 0.99)],
    }


if __name__ == "__main__":
    os.sched_setaffinity(0, {LOAD_CORE % (os.cpu_count() or 1)})
    port, seconds, connections, path, *rate = sys.argv[1:]
    texts = json.loads(Path(path).read_text())
    seen = _load(int(port), float(seconds), int(connections), texts, float(rate[0]) if rate else 0)
    print(json.dumps(asyncio.run(seen)))
