"""Accounts go: on request, after a while to think again, for good."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.utils import timezone

from apps.boards.models import Board, BoardSlug
from apps.feed.models import Closeness, HiddenPin, Seen, SeenFewer
from apps.feed.services import hide_pin, report_activity, see_fewer, take_in_all
from apps.follows.services import follow_board, follow_person
from apps.users.events import AccountDeletionRequested, PersonErased
from apps.users.models import DataExport, User
from apps.users.services import (
    block_person,
    delete_erased_accounts,
    erase_due_accounts,
    erase_person,
    mute_person,
    prune_data_exports,
    request_account_deletion,
    request_data_export,
    suspend_person,
)
from apps.users.tasks import erase_accounts
from tests.auth import PASSWORD, Auth
from tests.factories.boards import BoardFactory
from tests.factories.pins import make_pin, make_save
from tests.factories.users import UserFactory

FIELDS = "viewer { username account { deletionRequestedAt deletesAt } } userErrors { code }"
REQUEST = f"mutation {{ requestAccountDeletion(input: {{}}) {{ {FIELDS} }} }}"
CANCEL = f"mutation {{ cancelAccountDeletion(input: {{}}) {{ {FIELDS} }} }}"
SEEN = """
query($username: String!, $board: ID!) {
  user(username: $username) { id } board: node(id: $board) { id }
}
"""

# Erasing ada fails; the message is one that may not be logged.
REFUSE_ADA = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE 'not %', old.email; END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON users_user
FOR EACH ROW WHEN (old.username = 'ada') EXECUTE FUNCTION refuse();
"""


@pytest.fixture
def ada(db):
    return UserFactory(
        username="ada", password=PASSWORD, about="Numbers", website="https://example.com",
        location="London", country="GB", language="en", is_staff=True,
    )  # fmt: skip


def logged_in(api):
    auth = Auth()
    assert auth.log_in(username="ada").status_code == 200
    return lambda query: api.send({"query": query}, Authorization=f"Bearer {auth.token}")


def age_request(days=15):
    """Have the requests be older than they are."""
    User.objects.exclude(deletion_requested_at=None).update(
        deletion_requested_at=timezone.now() - timedelta(days=days)
    )


def test_the_request_hides_at_once_and_cancelling_brings_back(
    api, ada, outbox, django_capture_on_commit_callbacks
):
    board = BoardFactory(owner=ada)
    ask, other = logged_in(api), logged_in(api)
    with django_capture_on_commit_callbacks(execute=True):
        account = ask(REQUEST).data["requestAccountDeletion"]["viewer"]["account"]
    ada.refresh_from_db()
    assert account == {
        "deletionRequestedAt": ada.deletion_requested_at.isoformat(),
        "deletesAt": (ada.deletion_requested_at + timedelta(days=14)).isoformat(),
    }
    assert outbox.published(AccountDeletionRequested) == [AccountDeletionRequested(ada.pk)]
    for session in (ask, other):
        assert session("{ viewer { id } }").codes == ["UNAUTHENTICATED"]
    for client in (api, api.as_(UserFactory())):
        hidden = client(SEEN, username="ada", board=str(board.pk)).data
        assert hidden == {"user": None, "board": None}

    back = logged_in(api)
    first_request = ada.deletion_requested_at
    again = back(REQUEST)
    ada.refresh_from_db()
    assert again.data["requestAccountDeletion"]["userErrors"] == []
    assert ada.deletion_requested_at == first_request
    answer = back(CANCEL).data["cancelAccountDeletion"]["viewer"]["account"]
    assert answer == {"deletionRequestedAt": None, "deletesAt": None}
    shown = api(SEEN, username="ada", board=str(board.pk)).data
    assert shown == {"user": {"id": str(ada.pk)}, "board": {"id": str(board.pk)}}
    assert back(CANCEL).data["cancelAccountDeletion"]["userErrors"] == []


def test_an_e_mail_tells_unless_it_was_cancelled(api, ada, outbox):
    request_account_deletion(actor_id=ada.pk)
    outbox.drain()
    assert [message.subject for message in mail.outbox] == ["Your account will be deleted"]
    logged_in(api)(CANCEL)
    request_account_deletion(actor_id=ada.pk)
    logged_in(api)(CANCEL)
    outbox.drain()
    assert len(mail.outbox) == 1


def test_nothing_is_erased_before_its_time(ada):
    request_account_deletion(actor_id=ada.pk)
    age_request(days=13)
    assert erase_due_accounts() == 0
    assert erase_person(user_id=ada.pk) is False
    assert erase_person(user_id=UserFactory().pk) is False


def test_a_password_can_be_reset_to_cancel(api, ada):
    request_account_deletion(actor_id=ada.pk)
    Auth().post("auth/password/request", email="ada@example.com")
    assert mail.outbox[-1].subject == "Choose a new password"


def test_a_suspended_person_cannot_cancel(api, ada):
    request_account_deletion(actor_id=ada.pk)
    suspend_person(actor_id=UserFactory(is_superuser=True).pk, user_id=ada.pk, reason="spam")
    assert Auth().log_in(username="ada").status_code == 403


def test_erasing_leaves_nothing_personal(api, ada, outbox, settings, tmp_path):
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    ada.groups.add(Group.objects.create(name="the choir"))
    BoardFactory.create_batch(3, owner=ada)
    others = BoardFactory()
    request_data_export(actor_id=ada.pk)
    outbox.drain()
    request_account_deletion(actor_id=ada.pk)
    logged_in(api)
    ada.authenticator_set.create(type="totp", data={"secret": "x"})
    age_request()

    assert erase_due_accounts() == 1
    assert erase_due_accounts() == 0
    assert outbox.published(PersonErased) == [PersonErased(ada.pk)]
    row = User.objects.values().get(pk=ada.pk)
    name = row["username"]
    assert name.startswith("erased_")
    assert row["email"] == f"{name}@erased.invalid"
    kept = {"id", "username", "email", "password", "date_joined", "session_generation"}
    dates = {"deletion_requested_at", "erased_at"}
    assert row["password"].startswith("!")
    assert row["erased_at"] is not None
    assert {key: row[key] for key in set(row) - kept - dates} == {
        "display_name": "", "about": "", "website": "", "location": "", "country": "",
        "language": "", "is_active": False, "is_staff": False, "is_superuser": False,
        "last_login": None, "suspended_at": None,
    }  # fmt: skip
    assert not ada.emailaddress_set.exists()
    assert not ada.usersession_set.exists()
    assert not ada.authenticator_set.exists()
    assert not Session.objects.exists()
    assert not ada.groups.exists()
    assert Auth().log_in(username="ada").status_code == 400

    outbox.drain()
    assert not Board.objects.filter(owner=ada, deleted_at=None).exists()
    assert not BoardSlug.objects.filter(owner=ada).exists()
    assert Board.objects.filter(deleted_at=None).get() == others
    assert prune_data_exports() == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_name_and_address_are_free_again(ada):
    request_account_deletion(actor_id=ada.pk)
    assert Auth().sign_up("ada", email="new@example.com").status_code == 400
    age_request()
    erase_due_accounts()
    assert Auth().sign_up("ada").status_code == 401
    assert User.objects.filter(username="ada", email="ada@example.com").count() == 1


def test_the_row_goes_once_nothing_refers_to_it(ada, outbox):
    board = BoardFactory(owner=ada)
    stays = UserFactory()
    request_account_deletion(actor_id=ada.pk)
    age_request()
    erase_accounts()
    assert User.objects.filter(pk=ada.pk).exists()
    outbox.drain()
    Board.objects.filter(pk=board.pk).delete()
    assert delete_erased_accounts() == 1
    assert list(User.objects.all()) == [stays]
    assert delete_erased_accounts() == 0


def test_who_cannot_be_erased_keeps_nobody_else_from_it(ada, caplog, monkeypatch):
    monkeypatch.setattr("apps.users.services.deletion._BATCH", 1)
    others = UserFactory.create_batch(2)
    for user in (others[0], ada, others[1]):
        request_account_deletion(actor_id=user.pk)
    age_request()
    with connection.cursor() as cursor:
        cursor.execute(REFUSE_ADA)
        assert erase_due_accounts() == 2
        assert set(User.objects.exclude(erased_at=None)) == set(others)
        assert f"'user_id': {ada.pk}" in caplog.text
        assert "users.erasure_failed" in caplog.text
        assert "ada@example.com" not in caplog.text
        cursor.execute("DROP TRIGGER refuse ON users_user")
    assert erase_due_accounts() == 1


def test_every_app_lets_go_of_the_row(ada, outbox, settings, tmp_path):
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    eve = UserFactory(username="eve")
    hers, theirs = BoardFactory(owner=ada), BoardFactory(owner=eve)
    pin = make_pin(hers)
    saved = make_save(pin, theirs)
    make_save(make_pin(theirs), hers)
    follow_person(follower_id=ada.pk, person_id=eve.pk)
    follow_person(follower_id=eve.pk, person_id=ada.pk)
    follow_board(follower_id=eve.pk, board_id=hers.pk)
    bob, mel = UserFactory(), UserFactory()
    for one, other in ((ada, eve), (eve, ada)):
        mute_person(muter_id=one.pk, muted_id=other.pk)
    block_person(blocker_id=ada.pk, blocked_id=bob.pk)
    block_person(blocker_id=mel.pk, blocked_id=ada.pk)
    for one, other, its in ((ada, eve, saved), (eve, ada, pin)):
        hide_pin(person_id=one.pk, pin_id=its.pk)
        see_fewer(person_id=one.pk, subject_id=other.pk)
        report_activity(person_id=one.pk, impressions=[its.pk], opens=[its.pk])
    see_fewer(person_id=eve.pk, subject_id=hers.pk)
    take_in_all()
    assert Closeness.objects.count() == Seen.objects.count() == 2
    request_data_export(actor_id=ada.pk)
    outbox.drain()
    request_account_deletion(actor_id=ada.pk)
    age_request()
    for _ in range(2):
        erase_accounts()
        prune_data_exports()
        outbox.drain()
    erase_accounts()
    assert list(User.objects.order_by("pk")) == [eve, bob, mel]
    assert list(Board.objects.all()) == [theirs]
    saved.refresh_from_db()  # it stands, though what it was saved from is gone
    assert [one.person_id for one in HiddenPin.objects.all()] == [eve.pk]
    assert not SeenFewer.objects.exists()
    assert not Closeness.objects.exists()
    assert [one.person_id for one in Seen.objects.all()] == [eve.pk]


def test_what_erasing_costs(ada, django_assert_num_queries):
    BoardFactory.create_batch(3, owner=ada)
    request_account_deletion(actor_id=ada.pk)
    age_request()
    with django_assert_num_queries(16):
        assert erase_person(user_id=ada.pk) is True


def test_an_export_of_an_erased_person_is_not_built(ada, outbox):
    request_data_export(actor_id=ada.pk)
    request_account_deletion(actor_id=ada.pk)
    age_request()
    erase_due_accounts()
    outbox.drain()
    assert DataExport.objects.get().ready_at is None
    assert mail.outbox == []
