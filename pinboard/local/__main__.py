"""`python -m pinboard.local run | exec [--migrate] -- COMMAND | clean`."""

import argparse
import errno
import shutil
import sys

from pinboard.local.account import data_folder
from pinboard.local.checkout import LOCAL, alone
from pinboard.local.execute import execute
from pinboard.local.process import DISK_FULL, LocalError
from pinboard.local.run import run


def main() -> int:
    """Do what the command line says; a sentence and 1 when something is in the way."""
    arguments = _parser().parse_args()
    try:
        if arguments.action == "run":
            run()
        elif arguments.action == "clean":
            _clean()
        else:
            return execute(arguments.command, migrate=arguments.migrate)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(_sentence(error), file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pinboard.local", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start everything, in the foreground")
    actions.add_parser("clean", help="delete the development services' data")
    execute_parser = actions.add_parser("exec", help="run a command with the services up")
    execute_parser.add_argument("--migrate", action="store_true", help="migrate first")
    execute_parser.add_argument("command", nargs="+")
    return parser


def _clean() -> None:
    with alone():
        for folder in {data_folder(LOCAL), LOCAL}:
            shutil.rmtree(folder, ignore_errors=True)


def _sentence(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    if isinstance(error, PermissionError):
        return (
            f"{error.filename} belongs to another account. Start this as that account, "
            "or delete it, then start again."
        )
    raise error


if __name__ == "__main__":
    sys.exit(main())
