"""Fixtures of the tests on a cluster."""

import pytest


@pytest.fixture
def mortal(on_cluster):
    """The cluster, whose nodes may be killed: they are back in the end."""
    yield on_cluster
    on_cluster.revive()
