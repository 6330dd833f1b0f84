"""Who runs Postgres: it refuses to be root, so root lends it to `nobody`."""

import os
import pwd
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pinboard.local.process import LocalError

_UNPRIVILEGED = "nobody"
# Everybody may enter it, and it outlives a restart of the machine.
_SHARED = Path("/var/tmp")  # noqa: S108 - folders in it get names of their own or are checked


def as_unprivileged() -> dict[str, Any]:
    """Arguments of `subprocess` that drop root's rights; none for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError:
        raise LocalError(
            f"Postgres refuses to run as root, and there is no account `{_UNPRIVILEGED}` for it. "
            "Start this as an ordinary user."
        ) from None
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Make `path` and what is in it the property of who runs Postgres."""
    if os.geteuid() == 0:
        for one in (path, *path.rglob("*")):
            shutil.chown(one, _UNPRIVILEGED)


def check_owner(path: Path) -> None:
    """`LocalError` when `path` was made by another account than would use it now."""
    expected = as_unprivileged().get("user", os.geteuid())
    if path.stat().st_uid != expected:
        raise LocalError(
            f"{path} was made by another account. Start this as that account, "
            "or delete the development data with `make clean`."
        )


def within_reach(path: Path, name: str) -> Path:
    """`path`, or a copy of it, called `name`, that the unprivileged account can read.

    Root's home, where a checkout and its virtual environment may lie, is closed to others.
    """
    if os.geteuid() != 0 or _open_to_all(path):
        return path
    copy = _SHARED / f"pinboard-{name}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="pinboard-", dir=_SHARED))
        shutil.copytree(path, fresh, symlinks=True, dirs_exist_ok=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:
            # Another process was first; its copy is the same.
            shutil.rmtree(fresh)
    if copy.stat().st_uid != 0:
        raise LocalError(f"{copy} belongs to somebody else. Remove it, then start again.")
    return copy


def data_folder(wanted: Path) -> Path:
    """Where the services' data of a checkout go: `wanted`, or what its link `elsewhere` leads to.

    The link is made where the unprivileged account cannot enter `wanted`.
    """
    wanted.mkdir(parents=True, exist_ok=True)
    link = wanted / "elsewhere"
    if link.exists():
        return link.resolve()
    if os.geteuid() != 0 or _open_to_all(wanted):
        return wanted
    link.unlink(missing_ok=True)
    link.symlink_to(_new_folder(_SHARED))
    return link.resolve()


def temporary_folder() -> Path:
    """A new folder that the unprivileged account can enter. The caller deletes it."""
    usual = Path(tempfile.gettempdir())
    return _new_folder(usual if os.geteuid() != 0 or _open_to_all(usual) else _SHARED)


def _new_folder(parent: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pinboard-", dir=parent))
    folder.chmod(0o755)
    return folder


def _open_to_all(path: Path) -> bool:
    path = path.resolve()
    return all(one.stat().st_mode & 0o005 == 0o005 for one in (path, *path.parents))
