"""What would harm other people, or machines beside ours, does nothing."""

import socket

import pytest
from graphql import get_named_type, is_list_type, is_non_null_type

from apps.boards.models import Board, Section
from apps.feed.models import HiddenPin
from apps.follows.models import BoardFollow
from apps.pins.models import Pin
from config.schema import schema
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.media import PictureFactory
from tests.factories.pins import make_pin
from tests.factories.users import UserFactory

MUTATIONS = schema.graphql_schema.mutation_type.fields
# They take back what may be of something that is not to be seen any more, and answer with null.
UNDO = {"unhidePin", "undoSeeFewer"}
KINDS = {"board", "section", "pin", "picture", "subject"}


def kind_of(field):
    """What the ids in an input's field are of: `boardId` and `boardIds` of a board."""
    return field.removesuffix("s").removesuffix("Id")


def inputs_of(name):
    return get_named_type(MUTATIONS[name].args["input"].type).fields


# Those that change by an id what may be secret. What is reported is looked at later, as its reporter may see it.
BY_ID = [
    name
    for name in MUTATIONS
    if any(kind_of(field) in KINDS and field.endswith(("Id", "Ids")) for field in inputs_of(name))
]


@pytest.fixture
def secrets(db):
    """Ids of things of Ada's that nobody else may see, by kind."""
    ada = UserFactory(username="ada")
    board = BoardFactory(owner=ada, is_secret=True, name="Gifts")
    section = SectionFactory(board=board, name="For Eve")
    pin = make_pin(board, section_id=section.pk)
    picture = PictureFactory(owner=ada)
    return {
        "board": board.pk,
        "section": section.pk,
        "pin": pin.pk,
        "picture": picture.pk,
        "subject": board.pk,
    }


def value_of(field, definition, ids):
    """An id of the kind that the field wants, or a text."""
    of_type = definition.type.of_type if is_non_null_type(definition.type) else definition.type
    kind = kind_of(field)
    value = str(ids[kind]) if kind in ids and field.endswith(("Id", "Ids")) else "Theirs"
    return [value] if is_list_type(of_type) else value


def codes_of(answer, name):
    """Of errors at the top, and of those about the input."""
    payload = answer.body["data"][name]
    refused = payload["userErrors"] if payload else []
    return answer.codes + [one["code"] for one in refused]


def state():
    models = (Board, Section, Pin, HiddenPin, BoardFollow)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("name", BY_ID)
def test_an_id_of_somebody_elses_secret_opens_nothing(api, secrets, name):
    given = {
        field: value_of(field, definition, secrets)
        for field, definition in inputs_of(name).items()
        if is_non_null_type(definition.type) or kind_of(field) in secrets
    }
    input_type = get_named_type(MUTATIONS[name].args["input"].type).name
    query = (
        f"mutation($input: {input_type}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
    )
    before = state()
    answer = api.as_(UserFactory())(query, input=given)
    assert codes_of(answer, name) == ([] if name in UNDO else ["NOT_FOUND"])
    assert state() == before


def test_no_operation_takes_what_could_be_guessed():
    """Logging in is done at `/auth/`, once a request, with limits of its own."""
    words = ("password", "token", "secretkey", "otp", "code")
    fields = {f"{name}.{field}" for name in MUTATIONS for field in inputs_of(name)}
    assert [one for one in fields if one.lower().endswith(words)] == []


@pytest.fixture
def listener():
    """A service of the machine's own network, which nobody outside should reach."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_no_address_of_a_client_s_is_fetched(api, db, outbox, listener):
    ada = UserFactory()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/latest/meta-data"
    client = api.as_(ada)
    profile = client(
        "mutation($a: String) { updateProfile(input: {website: $a}) { viewer { website } } }",
        a=address,
    )
    assert profile.data["updateProfile"]["viewer"] == {"website": address}
    given = {
        "boardId": str(BoardFactory(owner=ada).pk),
        "pictureId": str(PictureFactory(owner=ada).pk),
        "link": address,
    }
    created = client(
        "mutation($input: CreatePinInput!) { createPin(input: $input) { pin { link } } }",
        input=given,
    )
    assert created.data["createPin"]["pin"] == {"link": address}
    outbox.drain()
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "//evil.example",
        "http://evil.example/\r\nSet-Cookie: a=b",
        "http://",
    ],
)
def test_an_address_that_is_no_page_is_refused(api, db, address):
    answer = api.as_(UserFactory())(
        "mutation($a: String) { updateProfile(input: {website: $a}) { userErrors { field code } } }",
        a=address,
    )
    refused = answer.data["updateProfile"]["userErrors"]
    assert {(*one["field"], one["code"]) for one in refused} == {("website", "INVALID")}
