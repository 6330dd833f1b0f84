"""Reads, writes and uploads, for minutes, at most of the rate that the server can bear.

Asks whether there are errors, whether memory grows after the first minute, and how long the slowest
hundredth of requests takes.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tqdm import tqdm

from apps.demo.pictures import painted
from apps.pins.models import Pin
from benchmarks import report
from benchmarks.pages import PAGES
from benchmarks.requests import posted
from benchmarks.servers import Server, granian
from benchmarks.world import SEED, Viewer, viewers

CONNECTIONS = 8
PART = 0.8
_REQUESTS = 4_000
_CALIBRATION_SECONDS, _STEP_SECONDS = 10, 20

SAVE = "mutation($input: SavePinInput!) { savePin(input: $input) { pin { id } } }"
FOLLOW = "mutation($input: FollowUserInput!) { followUser(input: $input) { user { id } } }"
UPLOAD = "mutation($input: UploadPictureInput!) { uploadPicture(input: $input) { picture { id } } }"


def measure(options: argparse.Namespace) -> None:
    """Find the highest rate, then keep most of it up."""
    people = viewers(options.viewers)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.json"
        file.write_text(json.dumps(_mixed(people)))
        server = Server(granian("config.wsgi:application"), {"MEDIA_ROOT": folder})
        try:
            highest = _load(server, file, _CALIBRATION_SECONDS)
            rate = PART * highest["requests"] / highest["seconds"]
            figures = _endure(server, file, rate, options.minutes)
        finally:
            server.stop()
    report.publish(
        "endurance",
        {"pinboard": figures},
        rate="requests_a_second",
        folder=options.out,
        parameters={"minutes": options.minutes, "viewers": options.viewers, "part": PART},
    )


def _endure(server: Server, file: Path, rate: float, minutes: float) -> report.Figures:
    steps = max(2, round(minutes * 60 / _STEP_SECONDS))
    seen, memory = [], []
    for _ in tqdm(range(steps), desc="endurance", unit="step", file=sys.stderr):
        seen.append(_load(server, file, _STEP_SECONDS, rate))
        memory.append(server.memory())
    # What a request holds for a moment comes and goes: three megabytes, where pictures are taken in.
    warm = memory[min(len(memory) - 1, 60 // _STEP_SECONDS) :]
    third = max(1, len(warm) // 3)
    return {
        "requests_a_second": sum(one["requests"] for one in seen)
        / sum(one["seconds"] for one in seen),
        "errors": sum(one["errors"] for one in seen),
        "p50_ms": sorted(one["p50_ms"] for one in seen)[len(seen) // 2],
        "p99_ms_worst": max(one["p99_ms"] for one in seen),
        "memory_mb_first_third": median(warm[:third]) / 1e6,
        "memory_mb_last_third": median(warm[-third:]) / 1e6,
        "memory_mb_most": max(warm) / 1e6,
    }


def _load(server: Server, file: Path, seconds: float, rate: float = 0) -> report.Figures:
    command = [sys.executable, "-m", "benchmarks.load", str(server.port), str(seconds)]
    command += [str(CONNECTIONS), str(file), *([str(rate)] if rate else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: report.Figures = json.loads(done.stdout)
    return found


def _mixed(people: list[Viewer]) -> list[str]:
    """85 of 100 read, 14 write, one uploads a picture."""
    draw = random.Random(SEED)
    pins = list(Pin.objects.filter(is_listed=True).values_list("pk", flat=True)[:5_000])
    boards = {one.id: _board_of(one.id) for one in people}
    pictures = list(painted(draw, 3))
    made = []
    for number in range(_REQUESTS):
        viewer = draw.choice(people)
        if number % 100 == 0:
            made.append(_upload(viewer, draw.choice(pictures)))
        elif number % 100 < 8:
            values = {"pinId": str(draw.choice(pins)), "boardId": str(boards[viewer.id])}
            made.append(posted({"query": SAVE, "variables": {"input": values}}, viewer))
        elif number % 100 < 15:
            other = draw.choice([one for one in people if one.id != viewer.id])
            values = {"userId": str(other.id)}
            made.append(posted({"query": FOLLOW, "variables": {"input": values}}, viewer))
        else:
            page = "three_levels" if number % 5 == 0 else "feed_25"
            made.append(posted({"query": PAGES[page].query}, viewer))
    draw.shuffle(made)
    return made


def _board_of(person: int) -> int:
    board = Pin.objects.filter(owner_id=person).values_list("board_id", flat=True).first()
    assert board is not None
    return board


def _upload(viewer: Viewer, picture: bytes) -> str:
    operations = json.dumps({"query": UPLOAD, "variables": {"input": {"file": None}}})
    mapped = json.dumps({"0": ["variables.input.file"]})
    parts = [("operations", "", operations), ("map", "", mapped)]
    parts.append(("0", '; filename="a.jpg"', picture.decode("latin-1")))
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
        for name, more, value in parts
    )
    body += "--b--\r\n"
    return (
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n"
        f"Authorization: Bearer {viewer.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
