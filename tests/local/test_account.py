"""Where root keeps what `nobody` has to reach."""

import os
import subprocess

import pytest

from pinboard.local import account
from pinboard.local.account import as_unprivileged, data_folder, temporary_folder, within_reach
from pinboard.local.process import LocalError

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends Postgres to nobody")


@pytest.fixture
def shared(monkeypatch):
    folder = temporary_folder()
    monkeypatch.setattr(account, "_SHARED", folder)
    yield folder
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def closed(shared):
    folder = shared / "home"
    folder.mkdir(mode=0o700)
    return folder


def test_data_of_a_closed_checkout_go_elsewhere_and_are_found_again(closed):
    first = data_folder(closed / ".local")
    assert first.parent != closed
    assert data_folder(closed / ".local") == first
    assert readable_by_nobody(first)


def test_a_new_checkout_in_the_same_place_has_new_data(closed):
    first = data_folder(closed / ".local")
    (closed / ".local" / "elsewhere").unlink()
    assert data_folder(closed / ".local") != first


def test_an_open_folder_is_used_as_it_is(shared):
    assert data_folder(shared / ".local") == shared / ".local"
    assert within_reach(shared, "copy") == shared


def test_programs_in_a_closed_folder_are_copied_once(closed, shared):
    (closed / "bin").mkdir()
    (closed / "bin" / "program").write_text("#!/bin/sh\n")
    copy = within_reach(closed / "bin", "programs-1.0")
    assert copy == shared / "pinboard-programs-1.0"
    assert readable_by_nobody(copy / "program")
    (closed / "bin" / "program").unlink()
    assert within_reach(closed / "bin", "programs-1.0") == copy
    assert (copy / "program").exists()


def test_a_copy_that_somebody_else_put_there_is_refused(closed, shared):
    (shared / "pinboard-programs-1.0").mkdir()
    os.chown(shared / "pinboard-programs-1.0", 65534, 65534)
    with pytest.raises(LocalError, match="belongs to somebody else"):
        within_reach(closed, "programs-1.0")


def readable_by_nobody(path):
    return subprocess.run(["test", "-r", path], cwd="/", **as_unprivileged()).returncode == 0
