"""Settings from the environment: what is missing or wrong is told in a sentence, at start."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest

from config.environment import load

ROOT = Path(__file__).resolve().parents[2]

GOOD = {
    "PINBOARD_ENV": "production",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "pinboard.example, www.pinboard.example",
    "DATABASE_URL": "postgresql://u:p@db.example:5432/pinboard",
    "CACHE_URL": "redis://cache.example:6379/0",
    "CELERY_BROKER_URL": "redis://cache.example:6379/1",
    "EMAIL_HOST": "mail.example",
}
REQUIRED = [name for name in GOOD if name != "PINBOARD_ENV"]
SHOW = "from config import settings; print(settings.ALLOWED_HOSTS, settings.DEBUG, settings.SESSION_COOKIE_SECURE)"


SHOW_CHOICE = (
    "from config import settings;"
    "print(settings.CACHES['default']['OPTIONS']['CLIENT_CLASS'],"
    "settings.CELERY_BROKER_TRANSPORT_OPTIONS.get('queue_order_strategy'))"
)


def environment(changes):
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def start(script=SHOW, /, **changes):
    """Import the settings in a process that has this environment and no other."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={"PATH": os.environ["PATH"], **environment(changes)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def refusal(**changes):
    """What a process with this environment has to say before it ends."""
    with (
        patch.dict(os.environ, environment(changes), clear=True),
        pytest.raises(SystemExit) as ended,
    ):
        load()
    return ended.value.code


def test_production_starts_with_what_it_needs():
    done = start()
    assert (done.returncode, done.stdout) == (
        0,
        "['pinboard.example', 'www.pinboard.example'] False True\n",
    )


def test_a_process_that_refuses_to_start_says_why_and_nothing_else():
    changes = {"DATABASE_URL": None, "CACHE_URL": "valkey://:hunter2@cache.example:6379"}
    done = start(**changes)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{refusal(**changes)}\n")


@pytest.mark.parametrize("name", REQUIRED)
def test_production_refuses_to_start_without(name):
    told = refusal(**{name: None})
    assert told.startswith("Pinboard cannot start:\n")
    assert name in told


def test_all_that_is_missing_is_named_at_once():
    _, *told = refusal(**dict.fromkeys(REQUIRED)).splitlines()
    assert {line.split()[0].rstrip(":") for line in told} == set(REQUIRED)


def test_production_may_write_its_mail_into_a_folder_instead():
    assert start(EMAIL_HOST=None, EMAIL_FOLDER="/tmp/mail").returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@h/x"),
        ("DATABASE_REPLICAS", "db2.example"),
        ("DATABASE_REPLICAS", "db2.example:5432,postgresql://db3.example"),
        ("DATABASE_REPLICA_SECONDS", "0"),
        ("ID_SHARD", "64"),
        ("LOG_LEVEL", "LOUD"),
        ("PINBOARD_ENV", "staging"),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", ""),
        ("CSRF_TRUSTED_ORIGINS", "https://pinboard.example, www.pinboard.example"),
        ("MAX_BOARDS", "many"),
        ("FEED_RECOMMENDER", "no path"),
        ("FEED_POPULAR_HALF_LIFE_HOURS", "0"),
        ("CACHE_URL", "valkey://cache.example:6379/0"),
        ("CACHE_URL", "redis://a.example:6379,b.example:6379"),
        ("CACHE_URL", "redis+cluster://a.example:6379,b.example:6379/1"),
        ("CACHE_URL", "redis+cluster://a.example:6379,:6379"),
        ("CACHE_URL", "redis+cluster://a.example:port"),
        ("CELERY_BROKER_URL", "redis+cluster://a.example:6379"),
        ("CELERY_BROKER_URL", "cache.example:6379"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    assert name in refusal(**{name: value})


SHA256 = sha256(b"{ viewer { id } }").hexdigest()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "the file can't be read"),
        ("{", "the file is not JSON"),
        ("[]", "no object of hashes and texts"),
        (f'{{"{SHA256}": 7}}', "no object of hashes and texts"),
        (f'{{"{SHA256}": "{{ viewer }}"}}', f"{SHA256} is not the SHA-256 of its text"),
    ],
)
def test_a_list_of_documents_is_read_at_start(tmp_path, text, reason):
    file = tmp_path / "documents.json"
    if text is not None:
        file.write_text(text)
    told = refusal(PERSISTED_DOCUMENTS="listed", PERSISTED_DOCUMENTS_FILE=str(file))
    assert told.startswith("Pinboard cannot start:\n  PERSISTED_DOCUMENTS_FILE: ")
    assert reason in told


def test_a_list_of_documents_needs_its_file():
    told = refusal(PERSISTED_DOCUMENTS="listed")
    assert "PERSISTED_DOCUMENTS_FILE: PERSISTED_DOCUMENTS=listed needs it" in told


@pytest.mark.parametrize(
    ("address", "client", "options"),
    [
        (
            "redis://cache.example:6379/0",
            "django_redis.client.DefaultClient",
            "pinboard.events.queues:InOrder",
        ),
        ("rediss+cluster://u:p@a.example,b.example:7000", "pinboard.cache.cluster.Client", None),
    ],
)
def test_one_setting_chooses_the_kind_of_cache_and_of_broker(address, client, options):
    broker = GOOD["CELERY_BROKER_URL"] if options else "amqp://u:p@rabbitmq.example:5672/v"
    done = start(SHOW_CHOICE, CACHE_URL=address, CELERY_BROKER_URL=broker)
    assert (done.stderr, done.stdout) == ("", f"{client} {options}\n")


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, False),
        ({"GRAPHQL_INTROSPECTION": "true"}, True),
        ({"PINBOARD_ENV": "test"}, True),
        ({"PINBOARD_ENV": "test", "GRAPHQL_INTROSPECTION": "false"}, False),
    ],
)
def test_production_tells_its_schema_if_it_is_to(changes, is_told):
    done = start("from config import settings; print(settings.GRAPHQL_INTROSPECTION)", **changes)
    assert (done.stderr, done.stdout) == ("", f"{is_told}\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"SECRET_KEY": "hunter2-hunter2"},
        {"CACHE_URL": "valkey://:hunter2@cache.example:6379"},
        {"CACHE_URL": "redis+cluster://:hunter2@a.example:port"},
        {"CELERY_BROKER_URL": "http://:hunter2@rabbitmq.example"},
    ],
)
def test_a_secret_is_never_shown(changes):
    assert "hunter2" not in refusal(**changes)
