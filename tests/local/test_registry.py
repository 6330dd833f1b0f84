"""Processes of a start that was killed: found again, and nobody else's."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from pinboard.local.registry import Registry


@pytest.fixture
def sleeper():
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )
    yield process
    process.kill()
    process.wait()


def test_a_leftover_is_ended(tmp_path, sleeper):
    Registry(tmp_path / "processes.json").add(sleeper, signal.SIGTERM)
    Registry(tmp_path / "processes.json").end_leftovers()
    assert sleeper.wait(5) == -signal.SIGTERM
    assert not (tmp_path / "processes.json").exists()


def test_another_process_with_the_id_of_one_that_has_ended_is_left_alone(tmp_path, sleeper):
    long_ago = psutil.Process(sleeper.pid).create_time() - 3600
    (tmp_path / "processes.json").write_text(json.dumps([[sleeper.pid, long_ago, 15]]))
    Registry(tmp_path / "processes.json").end_leftovers()
    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "[[1", "[[1]]", "{}", '[["a", "b", "c"]]'])
def test_a_broken_file_is_no_obstacle(tmp_path, text):
    (tmp_path / "processes.json").write_text(text)
    Registry(tmp_path / "processes.json").end_leftovers()
    assert os.listdir(tmp_path) == []
