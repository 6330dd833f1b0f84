"""What the search boxes find, and where the links lead."""

import pytest

from apps.follows.services import follow_person
from pinboard.audit.models import record
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory


@pytest.fixture
def found(staff):
    client = staff()

    def search(page, term):
        answer = client.get(f"/admin/{page}/", {"q": term})
        assert answer.status_code == 200
        return [row.pk for row in answer.context["cl"].result_list]

    return search


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", email="lovelace@example.com")


@pytest.mark.parametrize("term", ["ada", "ADA", "@Ada", "ad", "Lovelace@example.com", "{id}"])
def test_people(found, ada, term):
    assert found("users/user", term.format(id=ada.pk)) == [ada.pk]


@pytest.mark.parametrize("term", ["%", "nobody", "a@b", "0", "9" * 30, "\x00", "@", "'"])
def test_people_who_do_not_exist(found, ada, term):
    expected = [] if term not in ("\x00", "@") else None
    answer = found("users/user", term)
    assert answer == expected if expected is not None else ada.pk in answer


def test_boards_and_pins(found, ada):
    board = BoardFactory(owner=ada, name="Slow bread")
    pin = make_pin(board, title="Rye", description="Dark and dense")
    make_pin()
    for term in (str(board.pk), "@ada", "bread"):
        assert found("boards/board", term) == [board.pk]
    for term in (str(pin.pk), "@ADA", "rye", "dense"):
        assert found("pins/pin", term) == [pin.pk]


def test_follows(found, ada):
    eve = UserFactory(username="eve")
    follow_person(follower_id=eve.pk, person_id=ada.pk)
    for term in ("@ada", "@eve"):
        assert len(found("follows/personfollow", term)) == 1
    assert found("follows/personfollow", "@bob") == []


def test_the_audit_log(found, ada):
    record(actor_id=ada.pk, action="pins.hide", subject_id=7, reason="a test")
    for term in ("7", "@ada", "pins.hide"):
        assert len(found("audit/auditentry", term)) == 1
    assert found("audit/auditentry", "8") == []


def test_links_lead_to_what_belongs_to_an_object(staff):
    client, pin = staff(), make_pin()
    make_pin()
    page = client.get(f"/admin/users/user/{pin.owner_id}/change/").content.decode()
    for part in ("boards/board", "pins/pin"):
        link = f"/admin/{part}/?owner={pin.owner_id}"
        assert link in page
        assert len(client.get(link).context["cl"].result_list) == 1


def test_the_audit_log_leads_to_its_objects(staff):
    client, pin = staff(), make_pin()
    record(actor_id=client.user.pk, action="pins.hide", subject_id=pin.pk, reason="a test")
    page = client.get(f"/admin/audit/auditentry/?subject_id={pin.pk}").content.decode()
    assert f"/admin/pins/pin/{pin.pk}/change/" in page
    assert client.user.username in page
