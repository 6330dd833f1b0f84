"""Limits hold when many hide at once, and nobody hides what they hid already a second time."""

import pytest

from apps.feed.models import HiddenPin, SeenFewer
from apps.feed.services import hide_pin, see_fewer
from pinboard.errors import Invalid
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def refused(call):
    try:
        call()
    except Invalid:
        return True
    return False


def test_the_limits_are_exact(settings):
    settings.MAX_HIDDEN_PINS = settings.MAX_SEEN_FEWER = 3
    ada, pins = UserFactory(), [make_pin() for _ in range(6)]

    def hide(pin):
        return lambda: refused(lambda: hide_pin(person_id=ada.pk, pin_id=pin.pk))

    def fewer(pin):
        return lambda: refused(lambda: see_fewer(person_id=ada.pk, subject_id=pin.board_id))

    assert sum(together(*map(hide, pins))) == 3
    assert sum(together(*map(fewer, pins))) == 3
    assert HiddenPin.objects.count() == SeenFewer.objects.count() == 3


def test_a_pin_is_hidden_once():
    ada, pin = UserFactory(), make_pin()
    together(*[lambda: hide_pin(person_id=ada.pk, pin_id=pin.pk)] * 5)
    assert HiddenPin.objects.count() == 1
