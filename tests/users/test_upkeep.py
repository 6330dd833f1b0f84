"""What beat has tidied up after sessions."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils.timezone import now

from apps.users.tasks import prune_sessions
from tests.auth import PASSWORD, Auth
from tests.factories.users import UserFactory


def test_where_a_session_was_is_forgotten_with_it(db):
    ada = UserFactory(username="ada", password=PASSWORD)
    stays, leaves, expires = devices = Auth(), Auth(), Auth()
    for device in devices:
        assert device.log_in(username="ada").status_code == 200
    kept = stays.token
    Session.objects.filter(pk=expires.token).update(expire_date=now() - timedelta(seconds=1))
    leaves.send("DELETE", "auth/session")
    prune_sessions()
    assert list(ada.usersession_set.values_list("session_key", flat=True)) == [kept]
    assert stays.send("GET", "auth/session").status_code == 200
