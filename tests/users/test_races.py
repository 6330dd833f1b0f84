"""Many people wanting one name at the same moment, with real threads on real transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.users.models import User
from tests.api import Api
from tests.auth import Auth, pending, problems
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6
RENAME = """
mutation Rename($input: ChangeUsernameInput!) {
  changeUsername(input: $input) { userErrors { field code } }
}
"""


def at_once(work):
    """What `work(number)` gives in each of a crowd of threads that start together."""
    barrier = Barrier(CROWD)

    def run(number):
        try:
            barrier.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(run, range(CROWD)))


def test_one_username_for_one_of_many_who_sign_up():
    cases = ["ada", "Ada", "aDA", "ADA", "adA", "AdA"]
    answers = at_once(lambda n: Auth().sign_up(cases[n], email=f"ada{n}@example.com"))
    assert Counter(answer.status_code for answer in answers) == {401: 1, 400: CROWD - 1}
    refused = [problems(answer) for answer in answers if answer.status_code == 400]
    assert refused == [[("username", "username_taken")]] * (CROWD - 1)
    assert User.objects.count() == 1


def test_one_address_for_one_of_many_who_sign_up_and_none_can_tell():
    answers = at_once(lambda n: Auth().sign_up(f"ada_{n}", email="Ada@example.com"))
    assert [(answer.status_code, pending(answer)) for answer in answers] == [
        (401, ["verify_email"])
    ] * CROWD
    assert User.objects.get().email == "ada@example.com"


def test_one_username_for_one_of_many_who_change_to_it():
    people = UserFactory.create_batch(CROWD)
    clients = [Api().as_(person) for person in people]
    answers = at_once(
        lambda n: (
            clients[n]
            .client.post(
                "/graphql",
                {"query": RENAME, "variables": {"input": {"username": "ada"}}},
                content_type="application/json",
            )
            .json()
        )
    )
    errors = Counter(str(answer["data"]["changeUsername"]["userErrors"]) for answer in answers)
    assert errors == {
        "[]": 1,
        "[{'field': ['username'], 'code': 'TAKEN'}]": CROWD - 1,
    }
    assert User.objects.filter(username="ada").count() == 1
