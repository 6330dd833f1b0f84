"""Profiles through the API."""

import pytest
from django.urls import get_resolver

from apps.users.events import PersonRestored, PersonSuspended, UsernameChanged
from apps.users.models import User
from apps.users.services import create_person, restore_person, suspend_person
from pinboard.audit.models import AuditEntry
from pinboard.errors import Forbidden, Invalid, NotFound
from tests.factories.users import UserFactory

PROFILE = """
query Profile($id: ID, $username: String) {
  user(id: $id, username: $username) {
    id username displayName about website location joinedAt
    account { email country language deletionRequestedAt deletesAt dataExport { id } }
  }
}
"""
NODES = """
query($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { username account { email } } } }
"""
UPDATE = """
mutation Update($input: UpdateProfileInput!) {
  updateProfile(input: $input) {
    viewer { displayName about website location account { country language } }
    userErrors { field message code }
  }
}
"""
RENAME = """
mutation Rename($input: ChangeUsernameInput!) {
  changeUsername(input: $input) { viewer { username } userErrors { field message code } }
}
"""


@pytest.fixture
def ada(db):
    return UserFactory(username="Ada", email="ada@example.com", country="SE", language="sv")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def test_a_person_by_id_and_by_username(api, ada):
    by_id = api(PROFILE, id=str(ada.pk))
    by_name = api(PROFILE, username="aDA")
    assert by_id.data == by_name.data
    assert by_id.data["user"]["username"] == "Ada"
    assert (len(by_id.statements), len(by_name.statements)) == (1, 2)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"id": "1", "username": "ada"}, {"id": "x"}, {"id": "-1"}, {"id": "9" * 30}],
)
def test_bad_arguments(api, ada, arguments):
    assert api(PROFILE, **arguments).codes == ["BAD_INPUT"]


@pytest.mark.parametrize("arguments", [{"username": "nobody"}, {"id": "4097"}, {"username": ""}])
def test_nobody_of_that_name(api, ada, arguments):
    assert api(PROFILE, **arguments).data == {"user": None}


def test_an_account_is_for_its_person_only(api, ada, eve):
    own = api.as_(ada)(PROFILE, username="ada")
    assert own.data["user"]["account"] == {
        "email": "ada@example.com",
        "country": "SE",
        "language": "sv",
        "deletionRequestedAt": None,
        "deletesAt": None,
        "dataExport": None,
    }
    for client in (api, api.as_(eve)):
        assert client(PROFILE, username="ada").data["user"]["account"] is None


def test_many_people_cost_what_one_costs(api, ada):
    people = [ada, *UserFactory.create_batch(5)]
    client = api.as_(ada)
    client("{ viewer { id } }")  # from now on it is known who asks
    few = client(NODES, ids=[str(one.pk) for one in people[:2]])
    many = client(NODES, ids=[str(one.pk) for one in people])
    accounts = [node["account"] for node in many.data["nodes"]]
    assert accounts == [{"email": "ada@example.com"}] + [None] * 5
    # People, the one account.
    assert (len(few.statements), len(many.statements)) == (2, 2)


def test_update(api, ada):
    change = {
        "displayName": " Ada L. ",
        "about": "Numbers",
        "website": "https://example.com/ada",
        "country": "GB",
        "language": "en-GB",
    }
    answer = api.as_(ada)(UPDATE, input=change)
    assert answer.data["updateProfile"] == {
        "viewer": {
            "displayName": "Ada L.",
            "about": "Numbers",
            "website": "https://example.com/ada",
            "location": "",
            "account": {"country": "GB", "language": "en-GB"},
        },
        "userErrors": [],
    }
    after = api.as_(ada)(UPDATE, input={"about": "", "website": None}).data["updateProfile"]
    assert (after["viewer"]["about"], after["viewer"]["displayName"]) == ("", "Ada L.")
    assert after["viewer"]["website"] == "https://example.com/ada"


@pytest.mark.parametrize("tag", ["sv", "en-GB", "es-419", "zh-Hant-TW"])
def test_languages_are_told_as_devices_tell_them(api, ada, tag):
    answer = api.as_(ada)(UPDATE, input={"language": tag}).data["updateProfile"]
    assert answer["viewer"]["account"]["language"] == tag


def test_an_address_is_refused_once_and_it_says_what_to_write(api, ada):
    answer = api.as_(ada)(UPDATE, input={"website": "ftp://example.com"}).data["updateProfile"]
    assert answer["userErrors"] == [
        {
            "field": ["website"],
            "message": "Write an http or https address, such as https://example.com.",
            "code": "INVALID",
        }
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"displayName": "x" * 61}, "TOO_LONG"),
        ({"displayName": "\u200b\u2800"}, "INVALID"),
        ({"displayName": "Ada\nEve"}, "INVALID"),
        ({"displayName": "Ada \u202eevE"}, "INVALID"),
        ({"about": "x" * 501}, "TOO_LONG"),
        ({"website": "javascript:alert(1)"}, "INVALID"),
        ({"website": "ftp://example.com"}, "INVALID"),
        ({"website": f"https://example.com/{'x' * 2_048}"}, "TOO_LONG"),
        ({"location": "x" * 61}, "TOO_LONG"),
        ({"country": "Sweden"}, "INVALID"),
        ({"country": "se"}, "INVALID"),
        ({"language": "english please"}, "INVALID"),
    ],
)
def test_what_an_update_refuses(api, ada, change, code):
    answer = api.as_(ada)(UPDATE, input=change)
    errors = answer.data["updateProfile"]["userErrors"]
    assert {(*error["field"], error["code"]) for error in errors} >= {(*change, code)}
    assert {error["field"][0] for error in errors} == set(change)
    before = (ada.display_name, ada.about, ada.website, ada.location, ada.country, ada.language)
    ada.refresh_from_db()
    assert before == (
        ada.display_name, ada.about, ada.website, ada.location, ada.country, ada.language
    )  # fmt: skip


def test_no_username_is_an_address_of_ours(api, ada):
    paths = [str(one.pattern) for one in get_resolver().url_patterns]
    served = {path.strip("^/").partition("/")[0] for path in paths} | {"health", "metrics"}
    assert {"graphql", "auth", "admin", "exports"} <= served
    for name in served:
        errors = api.as_(ada)(RENAME, input={"username": name}).data["changeUsername"]["userErrors"]
        assert [error["message"] for error in errors] == [
            "This username is reserved. Choose another one."
        ]


def test_writes_want_a_person(api, db):
    assert api(UPDATE, input={"about": "x"}).codes == ["UNAUTHENTICATED"]
    assert api(RENAME, input={"username": "xyz"}).codes == ["UNAUTHENTICATED"]


def test_another_username(api, ada, outbox):
    answer = api.as_(ada)(RENAME, input={"username": "countess"})
    assert answer.data["changeUsername"]["viewer"] == {"username": "countess"}
    assert outbox.published(UsernameChanged) == [UsernameChanged(ada.pk)]
    assert api(PROFILE, username="ada").data == {"user": None}
    same = api.as_(ada)(RENAME, input={"username": "countess"})
    assert same.data["changeUsername"]["userErrors"] == []
    case = api.as_(ada)(RENAME, input={"username": "Countess"})
    assert case.data["changeUsername"]["viewer"] == {"username": "Countess"}
    assert len(outbox.published(UsernameChanged)) == 2


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("EVE", "TAKEN"),
        ("ab", "TOO_SHORT"),
        ("x" * 31, "TOO_LONG"),
        ("a b c", "INVALID"),
        ("Admin", "INVALID"),
        ("", "REQUIRED"),
    ],
)
def test_usernames_that_are_refused(api, ada, eve, outbox, username, code):
    errors = api.as_(ada)(RENAME, input={"username": username}).data["changeUsername"]["userErrors"]
    assert [(error["field"], error["code"]) for error in errors] == [(["username"], code)]
    ada.refresh_from_db()
    assert ada.username == "Ada"
    assert outbox.published(UsernameChanged) == []


def test_a_suspended_person_is_invisible_until_restored(api, ada, eve, outbox):
    suspend_person(actor_id=eve.pk, user_id=ada.pk, reason="spam")
    suspend_person(actor_id=eve.pk, user_id=ada.pk, reason="twice is no error")
    for client in (api, api.as_(eve)):
        assert client(PROFILE, username="ada").data == {"user": None}
        assert client(PROFILE, id=str(ada.pk)).data == {"user": None}
    restore_person(actor_id=eve.pk, user_id=ada.pk, reason="a mistake")
    restore_person(actor_id=eve.pk, user_id=ada.pk, reason="twice is no error")
    assert api(PROFILE, username="ada").data["user"]["id"] == str(ada.pk)
    assert outbox.published(PersonSuspended) == [PersonSuspended(ada.pk)]
    assert outbox.published(PersonRestored) == [PersonRestored(ada.pk)]
    lines = AuditEntry.objects.order_by("pk").values_list(
        "actor_id", "action", "subject_id", "reason"
    )
    assert list(lines) == [
        (eve.pk, "users.suspend", ada.pk, "spam"),
        (eve.pk, "users.restore", ada.pk, "a mistake"),
    ]


def test_what_suspension_refuses(ada, eve):
    with pytest.raises(Invalid, match="Say why"):
        suspend_person(actor_id=eve.pk, user_id=ada.pk, reason=" ")
    with pytest.raises(Forbidden):
        suspend_person(actor_id=eve.pk, user_id=eve.pk, reason="me")
    with pytest.raises(NotFound):
        suspend_person(actor_id=eve.pk, user_id=1, reason="who")
    assert User.objects.filter(is_active=False).count() == 0


def test_people_made_by_commands(db):
    made = create_person(email="Bo@Example.com", username="bo_b", password="x" * 12)
    user = User.objects.get(pk=made)
    assert (user.email, user.check_password("x" * 12)) == ("bo@example.com", True)
    for email, username, field in (
        ("BO@example.com", "other", "email"),
        ("other@example.com", "BO_b", "username"),
        ("other@example.com", "admin", "username"),
        ("nowhere", "other", "email"),
    ):
        with pytest.raises(Invalid) as refused:
            create_person(email=email, username=username)
        assert [problem.field for problem in refused.value.problems] == [(field,)]
