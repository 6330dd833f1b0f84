"""What can be known of `docker-compose.yml` and `Dockerfile` without an engine."""

import re
from pathlib import Path

import pytest
import yaml

from config.environment import Environment
from config.settings import CELERY_TASK_TIME_LIMIT, QUEUES
from pinboard.events.registry import queues
from tests.local.test_environment import GOOD

ROOT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "web", "live", "worker-default", "worker-fanout", "worker-media", "beat")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_the_processes_are_there(services):
    assert set(services) == {"postgres", "valkey", *OURS}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_settings_know(services, name):
    known = {field.upper() for field in Environment.model_fields}
    assert set(services[name]["environment"]) <= known


@pytest.mark.parametrize("name", OURS)
def test_production_has_what_it_refuses_to_start_without(services, name):
    assert set(GOOD) <= set(services[name]["environment"])
    assert services[name]["environment"]["PINBOARD_ENV"] == "production"


def test_valkey_is_bounded_and_evicts_nothing_of_the_broker_s(services):
    command = services["valkey"]["command"]
    settings = dict(zip(command[1::2], command[2::2], strict=True))
    assert settings["--maxmemory"] == "${VALKEY_MAXMEMORY:-1gb}"
    assert settings["--maxmemory-policy"] == "volatile-lru"


def test_the_workers_of_web_count_together_in_a_folder_that_is_empty_at_start(services):
    folder = services["web"]["environment"]["PROMETHEUS_MULTIPROC_DIR"]
    assert services["web"]["tmpfs"] == [f"{folder}:mode=1777"]


def test_every_queue_has_a_worker(services):
    consumed = set()
    for name in OURS:
        command = services[name].get("command", [])
        if "-Q" in command:
            consumed |= set(command[command.index("-Q") + 1].split(","))
    assert consumed == {*QUEUES}
    assert consumed >= queues()


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("worker")])
def test_a_worker_that_is_stopped_has_time_to_end_its_task(services, name):
    assert int(services[name]["stop_grace_period"].removesuffix("s")) > CELERY_TASK_TIME_LIMIT


def test_no_password_of_production_is_in_the_file(services):
    text = (ROOT / "docker-compose.yml").read_text()
    assert re.findall(r"\$\{(?:SECRET_KEY|\w+_PASSWORD):-[^}]", text) == []


@pytest.mark.parametrize("name", ["postgres", "valkey", *OURS[2:]])
def test_every_lasting_service_has_a_health_check(services, name):
    assert services[name]["healthcheck"]["test"]


def test_the_image_copies_what_exists_and_drops_root():
    text = (ROOT / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
    sources = [source for line in copied for source in line.split()]
    missing = [source for source in sources if not (ROOT / source).exists()]
    assert missing == []
    assert text.rindex("USER pinboard") > text.rindex("RUN ")
    assert "HEALTHCHECK" in text
