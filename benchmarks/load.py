"""A load generator: `python -m benchmarks.load PORT SECONDS CONNECTIONS FILE`.

Sends the requests of a file (JSON: a list of texts) over connections that are kept alive, one at a
time on each, and prints what it saw as JSON. A process of its own, on a core of its own.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import LOAD_CORE


async def _send(port: int, requests: Iterator[bytes], until: float, times: list[float]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    errors = 0
    while (start := time.perf_counter()) < until:
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        errors += not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body[:20]
        times.append(time.perf_counter() - start)
    writer.close()
    return errors


async def _load(port: int, seconds: float, connections: int, texts: list[str]) -> dict[str, float]:
    requests = itertools.cycle([text.encode() for text in texts])
    times: list[float] = []
    start = time.perf_counter()
    senders = [_send(port, requests, start + seconds, times) for _ in range(connections)]
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
    port, seconds, connections, path = sys.argv[1:]
    texts = json.loads(Path(path).read_text())
    print(json.dumps(asyncio.run(_load(int(port), float(seconds), int(connections), texts))))
