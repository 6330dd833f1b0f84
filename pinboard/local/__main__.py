"""`python -m pinboard.local run | exec -- COMMAND | clean`."""

import argparse
import errno
import shutil
import sys

from pinboard.local.account import data_folder
from pinboard.local.process import LocalError
from pinboard.local.run import LOCAL, execute, run


def main() -> int:
    """Do what the command line says; a sentence and 1 when something is in the way."""
    parser = argparse.ArgumentParser(prog="python -m pinboard.local", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start everything, in the foreground")
    actions.add_parser("clean", help="delete the development services' data")
    execute_parser = actions.add_parser("exec", help="run a command with the services up")
    execute_parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    try:
        if arguments.action == "run":
            run()
        elif arguments.action == "clean":
            for folder in {data_folder(LOCAL), LOCAL}:
                shutil.rmtree(folder, ignore_errors=True)
        else:
            return execute([part for part in arguments.command if part != "--"])
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            print("The disk is full. Make room, then start again.", file=sys.stderr)
            return 1
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
