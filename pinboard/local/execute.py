"""Commands beside the services: `make shell`, `make demo`, `make migrations` and so on."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from pinboard.local.checkout import ROOT, shared_environment
from pinboard.local.process import LocalError, end_with_parent

MANAGE = (sys.executable, "manage.py")
MIGRATE = ("migrate", "--no-input", "--verbosity", "0")


def execute(command: Sequence[str], *, migrate: bool) -> int:
    """Run a command with the development services, started for it unless they are up.

    With `migrate` the database is brought up to date first. Returns the command's exit code.
    """
    with shared_environment() as variables:
        if migrate:
            manage(variables, *MIGRATE)
        return _in_foreground(command, variables)


def manage(variables: Mapping[str, str], *arguments: str) -> None:
    """Run `manage.py`, out of reach of Ctrl-C; `LocalError` when it fails."""
    done = subprocess.run(
        [*MANAGE, *arguments],
        env=variables,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    if done.returncode:
        raise LocalError(f"`manage.py {arguments[0]}` failed; its message is above.")


def _in_foreground(command: Sequence[str], variables: Mapping[str, str]) -> int:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    def leave_to_command(_number: int, _frame: FrameType | None) -> None:
        """The terminal sends Ctrl-C to the command as well, which knows what it means there."""

    try:
        process = subprocess.Popen(command, env=variables, cwd=ROOT, preexec_fn=end_with_parent)
    except FileNotFoundError:
        raise LocalError(f"There is no command `{command[0]}`.") from None
    signal.signal(signal.SIGINT, leave_to_command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    code = process.wait()
    # As shells tell of a command that a signal has ended.
    return code if code >= 0 else 128 - code
