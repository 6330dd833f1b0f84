"""A live process for all tests of a module."""

import pytest

from tests.live.process import LiveProcess


@pytest.fixture(scope="module")
def live(django_db_setup):
    process = LiveProcess().start()
    yield process
    process.stop()
