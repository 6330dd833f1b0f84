"""The main job, over HTTP, by the real processes: from sign-up to a pin in somebody's home feed."""

import re
import shutil
import signal
import sys
from contextlib import closing

import httpx
import pytest

from pinboard.local.account import temporary_folder
from tests import running
from tests.local.test_run import call
from tests.media.samples import encode, picture
from tests.running import Running, assert_gone
from tests.story.pinner import PASSWORD, Pinner, eventually

FEED = "{ viewer { homeFeed { nodes { id title author { username } picture { image(size: W236) { url } } } } } }"
MAKE_STAFF = (
    "from apps.users.services import create_staff; "
    f"create_staff(email='marta@example.com', username='marta', password='{PASSWORD}')"
)


@pytest.fixture(scope="module")
def folder():
    path = temporary_folder()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def environment(folder):
    return running.environment(folder / "local", EMAIL_FOLDER=str(folder / "mail"))


@pytest.fixture(scope="module")
def pinboard(environment):
    process = Running(environment).up()
    yield process
    family = process.family()
    process.process.send_signal(signal.SIGINT)
    assert process.end()[0] == 0
    assert_gone(family, within=0)


@pytest.fixture(scope="module")
def address(pinboard, environment):
    return f"http://127.0.0.1:{environment['PORT']}"


@pytest.fixture
def ada(address, folder):
    with closing(Pinner(address, folder / "mail", "ada")) as person:
        yield person


@pytest.fixture
def eve(address, folder):
    with closing(Pinner(address, folder / "mail", "eve")) as person:
        yield person


def test_from_sign_up_to_a_pin_in_the_others_feed_and_in_the_admin(ada, eve, address, environment):
    ada.sign_up()
    eve.sign_up()
    ada_id = ada.ask("{ viewer { id username } }")["viewer"]["id"]
    eve.change("followUser", "user { id }", userId=ada_id)

    board = ada.change("createBoard", "board { id }", name="Bread")["board"]["id"]
    upload = ada.change("uploadPicture", "picture { id state }", file=encode(picture(800, 600)))[
        "picture"
    ]
    pin = ada.change("createPin", "pin { id }", boardId=board, pictureId=upload["id"], title="Rye")
    pin_id = pin["pin"]["id"]

    (entry,) = eventually(lambda: eve.ask(FEED)["viewer"]["homeFeed"]["nodes"])
    image = entry.pop("picture")["image"]["url"]
    assert entry == {"id": pin_id, "title": "Rye", "author": {"username": "ada"}}
    shown = httpx.get(image if image.startswith("http") else f"{address}{image}")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")

    own = eve.change("createBoard", "board { id }", name="To bake")["board"]["id"]
    saved = eve.change("savePin", "pin { id savedFrom { id } }", pinId=pin_id, boardId=own)["pin"]
    assert saved["savedFrom"]["id"] == pin_id

    done = call(
        environment, "exec", "--", sys.executable, "manage.py", "shell", "-v0", "-c", MAKE_STAFF
    )
    assert done.returncode == 0, done.stderr
    with httpx.Client(base_url=address, follow_redirects=True) as staff:
        log_in(staff)
        page = staff.get(f"/admin/pins/pin/{pin_id}/change/").text
        assert 'value="Rye"' in page
        assert "/media/pictures/" in page
        hide(staff, pin_id)
    feed = [node["id"] for node in eve.ask(FEED)["viewer"]["homeFeed"]["nodes"]]
    assert pin_id not in feed


def log_in(staff):
    form = staff.get("/admin/login/").text
    staff.post(
        "/admin/login/",
        data={"username": "marta", "password": PASSWORD, "csrfmiddlewaretoken": token(form)},
    )
    assert "sessionid" in staff.cookies or "session" in staff.cookies


def hide(staff, pin_id):
    address = f"/admin/pins/pin/{pin_id}/hide/"
    form = {"reason": "a test", "_form_submitted": "on"}
    dialog = staff.get(address).text
    answer = staff.post(address, data={**form, "csrfmiddlewaretoken": token(dialog)})
    assert answer.headers["HX-Redirect"] == f"/admin/pins/pin/{pin_id}/change/"


def token(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
