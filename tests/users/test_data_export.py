"""Data exports: asked for, built, downloaded, gone."""

import io
import json
import tracemalloc
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.users import exporting
from apps.users.models import DataExport
from apps.users.services import build_data_export, prune_data_exports, request_data_export
from apps.users.services.exports import private_storage
from pinboard.ids.layout import Id
from tests.auth import PASSWORD, Auth
from tests.factories.boards import BoardFactory, SectionFactory
from tests.factories.users import UserFactory

REQUEST = """
mutation { requestDataExport(input: {}) { dataExport { id state size url } userErrors { code } } }
"""
EXPORT = """
query { viewer { account { dataExport { id state size url readyAt requestedAt expiresAt } } } }
"""
NODE = "query($id: ID!) { node(id: $id) { id } }"


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    """A private storage of the test's own."""
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", password=PASSWORD, about="Numbers & “notes”")


@pytest.fixture
def eve(db):
    return UserFactory(username="eve")


def files(content):
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_from_the_request_to_the_download(api, ada, eve, outbox):
    board = BoardFactory(owner=ada, name="Plans", is_secret=True)
    later = SectionFactory(board=board, name="Later", position=2)
    sooner = SectionFactory(board=board, name="Sooner", position=1)
    BoardFactory(owner=eve, name="Not hers")
    client = api.as_(ada)

    asked = client(REQUEST).data["requestDataExport"]
    export = asked["dataExport"]
    assert export == {"id": export["id"], "state": "PENDING", "size": None, "url": None}
    outbox.drain()
    ready = client(EXPORT)
    shown = ready.data["viewer"]["account"]["dataExport"]
    assert (shown["id"], shown["state"]) == (export["id"], "READY")
    assert shown["url"] == f"http://testserver/exports/{export['id']}"
    # The viewer, the account, the newest export, that export.
    assert len(ready.statements) == 4

    response = client.client.get(shown["url"])
    content = b"".join(response.streaming_content)
    assert response.status_code == 200
    assert len(content) == shown["size"]
    assert response["Content-Disposition"] == 'attachment; filename="pinboard-export.zip"'
    assert "no-store" in response["Cache-Control"]
    parts = files(content)
    assert {"README.txt", "profile.json", "sessions.json", "boards.json"} <= set(parts)
    (profile,) = json.loads(parts["profile.json"])
    assert (profile["id"], profile["email"]) == (str(ada.pk), "ada@example.com")
    assert profile["about"] == "Numbers & “notes”"
    (plans,) = json.loads(parts["boards.json"])
    assert (plans["id"], plans["name"], plans["is_secret"]) == (str(board.pk), "Plans", True)
    assert plans["sections"] == [
        {"id": str(sooner.pk), "name": "Sooner"},
        {"id": str(later.pk), "name": "Later"},
    ]
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["ada@example.com"], "Your data is ready")
    ]


def test_for_its_owner_only(api, ada, eve, outbox):
    request_data_export(actor_id=ada.pk)
    outbox.drain()
    export = DataExport.objects.get()
    url = f"/exports/{export.pk}"
    assert Client().get(url).status_code == 401
    assert api.as_(eve).client.get(url).status_code == 404
    assert api.as_(ada).client.post(url).status_code == 405
    for wrong in ("1", "x", "9" * 40, "-1"):
        assert api.as_(ada).client.get(f"/exports/{wrong}").status_code == 404
    for client, sees in ((api, False), (api.as_(eve), False), (api.as_(ada), True)):
        assert (client(NODE, id=str(export.pk)).data["node"] is not None) is sees
    auth = Auth()
    auth.log_in(username="ada")
    bearer = {"Authorization": f"Bearer {auth.token}"}
    response = Client().get(url, headers=bearer)
    assert response.status_code == 200
    assert set(files(b"".join(response.streaming_content))) >= {"README.txt", "profile.json"}
    assert Client().get(url, headers={"Authorization": "Bearer x"}).status_code == 401


def test_one_a_day(api, ada, outbox):
    client = api.as_(ada)
    first = client(REQUEST).data["requestDataExport"]["dataExport"]["id"]
    assert client(REQUEST).data["requestDataExport"]["dataExport"]["id"] == first
    outbox.drain()
    assert client(REQUEST).data["requestDataExport"]["dataExport"]["id"] == first
    yesterday = _older(int(first), timedelta(hours=25))
    DataExport.objects.filter(pk=first).update(id=yesterday)
    second = client(REQUEST).data["requestDataExport"]["dataExport"]["id"]
    assert second not in (first, str(yesterday))
    assert client(NODE, id=str(yesterday)).data["node"] is None


def _older(value, by):
    """An id that was minted earlier."""
    moved = value - (int(by.total_seconds() * 1_000) << 22)
    assert Id.read(moved).created_at == Id.read(value).created_at - by
    return moved


def test_it_expires_with_its_file(api, ada, outbox, private_folder):
    request_data_export(actor_id=ada.pk)
    outbox.drain()
    export = DataExport.objects.get()
    assert private_storage().exists(export.file)
    assert prune_data_exports() == 0
    DataExport.objects.update(expires_at=timezone.now())
    client = api.as_(ada)
    assert client(EXPORT).data["viewer"]["account"]["dataExport"] is None
    assert client.client.get(f"/exports/{export.pk}").status_code == 404
    assert prune_data_exports() == 1
    assert not DataExport.objects.exists()
    assert [path for path in private_folder.rglob("*") if path.is_file()] == []


def test_building_twice_builds_once(ada, outbox, private_folder):
    request_data_export(actor_id=ada.pk)
    export = DataExport.objects.get()
    private_folder.joinpath("exports").mkdir()
    private_folder.joinpath(export.file).write_bytes(b"cut off")
    build_data_export(export_id=export.pk)
    export.refresh_from_db()
    build_data_export(export_id=export.pk)
    again = DataExport.objects.get()
    assert (again.ready_at, again.size) == (export.ready_at, export.size)
    built = [path for path in private_folder.rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in built] == [export.size]


def test_memory_does_not_grow_with_the_export(ada, monkeypatch):
    def many(user_id):
        for number in range(20_000):
            yield {"id": str(number), "text": "x" * 500}

    monkeypatch.setitem(exporting._parts, "many", many)
    request_data_export(actor_id=ada.pk)
    export = DataExport.objects.get()
    tracemalloc.start()
    build_data_export(export_id=export.pk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000  # of 10 MB


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="two exports"):
        exporting.register_export("boards")(lambda user_id: [])
