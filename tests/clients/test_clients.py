"""Clients that people use, and the audits of the HTTP specification, against a real server."""

import pytest

# Each suite and how many checks it has, so that none gets lost.
SUITES = {"audits": 61, "connections": 23, "apollo": 11, "urql": 7, "relay": 5, "uploads": 24}


@pytest.mark.parametrize("name", SUITES)
def test_everything_is_right(suite, name):
    found = suite(name)
    assert {check: problem for check, problem in found.items() if problem} == {}
    assert len(found) == SUITES[name]
