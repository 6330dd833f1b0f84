"""Counters: exact, whoever raises them together."""

import pytest
from django.db import transaction

from pinboard.counters import counts
from pinboard.counters.models import Counter
from tests.threads import together


@pytest.mark.django_db
def test_totals_come_in_the_order_that_was_asked_for(django_assert_num_queries):
    counts.bump("kernel.a", {1: 2, 2: -1, 3: 0})
    counts.bump("kernel.a", {1: 3})
    counts.bump("kernel.b", {1: 10})
    with django_assert_num_queries(1):
        assert counts.totals("kernel.a", [3, 1, 2, 1]).get() == [0, 5, -1, 5]
    with django_assert_num_queries(0):
        assert counts.totals("kernel.a", []).get() == []


@pytest.mark.django_db
def test_raising_many_is_one_statement_and_nothing_is_none(django_assert_num_queries):
    with django_assert_num_queries(1):
        counts.bump("kernel.a", dict.fromkeys(range(1, 501), 1))
    with django_assert_num_queries(0):
        counts.bump("kernel.a", {1: 0})
    assert sum(counts.totals("kernel.a", range(1, 501)).get()) == 500


@pytest.mark.django_db
def test_forgetting():
    counts.bump("kernel.a", {1: 1, 2: 1})
    counts.forget([1])
    assert counts.totals("kernel.a", [1, 2]).get() == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_many_who_raise_one_counter_together_are_all_counted():
    def raise_often():
        for number in range(50):
            with transaction.atomic():
                counts.bump("kernel.a", {1: 1, 2: number % 2, 3: -1})

    together(*[raise_often] * 8)
    assert counts.totals("kernel.a", [1, 2, 3]).get() == [400, 200, -400]
    assert Counter.objects.filter(subject_id=1).count() <= counts.SLOTS


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_counted():
    counts.bump("kernel.a", {1: 1})
    with transaction.atomic():
        counts.bump("kernel.a", {1: 100})
        transaction.set_rollback(True)
    assert counts.totals("kernel.a", [1]).get() == [1]
