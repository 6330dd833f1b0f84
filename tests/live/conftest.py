"""A live process for all tests of a module."""

import pytest

from tests.live.process import LiveProcess


@pytest.fixture(scope="module")
def live(django_db_setup):
    process = LiveProcess().start()
    yield process
    process.kill()


@pytest.fixture
def own_live(db):
    """A live process that the test may end."""
    process = LiveProcess().start()
    yield process
    process.kill()


@pytest.fixture
def watchful_live(db):
    """A live process that checks sessions, and looks, all the time."""
    process = LiveProcess("tests.live.hasty:lasting").start()
    yield process
    process.kill()


@pytest.fixture
def hasty_live(db):
    """A live process that checks sessions all the time, and whose streams are short."""
    process = LiveProcess("tests.live.hasty:application").start()
    yield process
    process.kill()
