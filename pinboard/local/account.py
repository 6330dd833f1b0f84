"""Who runs Postgres: it refuses to be root, so root lends it to `nobody`."""

import hashlib
import os
import pwd
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pinboard.local.process import LocalError

_UNPRIVILEGED = "nobody"


def as_unprivileged() -> dict[str, Any]:
    """Arguments of `subprocess` that drop root's rights; none for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Make `path` and what is in it the property of who runs Postgres."""
    if os.geteuid() == 0:
        for one in (path, *path.rglob("*")):
            shutil.chown(one, _UNPRIVILEGED)


def within_reach(path: Path) -> Path:
    """`path`, or a copy of the folder that the unprivileged account can enter.

    Root's home, where a checkout and its virtual environment may lie, is closed to others.
    """
    if os.geteuid() != 0 or _open_to_all(path):
        return path
    stamp = f"{path.stat().st_mtime_ns:x}"
    copy = Path(tempfile.gettempdir()) / f"pinboard-{path.name}-{stamp}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="pinboard-"))
        shutil.copytree(path, fresh / path.name, symlinks=True)
        (fresh / path.name).chmod(0o755)
        fresh.chmod(0o755)
        try:
            (fresh / path.name).rename(copy)
        except OSError:
            # Another process was first; its copy is the same.
            shutil.rmtree(fresh)
    return copy


def data_folder(wanted: Path) -> Path:
    """Where the services' data of a checkout go: `wanted`, or a folder that `nobody` can enter."""
    wanted.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or _open_to_all(wanted):
        return wanted
    name = hashlib.blake2b(str(wanted).encode(), digest_size=6).hexdigest()
    elsewhere = Path("/var/tmp") / f"pinboard-{name}"  # noqa: S108 - root's own folder, made once
    elsewhere.mkdir(mode=0o755, exist_ok=True)
    if elsewhere.stat().st_uid != 0:
        raise LocalError(f"{elsewhere} belongs to somebody else. Remove it, then start again.")
    return elsewhere


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))
