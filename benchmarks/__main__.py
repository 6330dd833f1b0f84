"""`python -m benchmarks [NAME …]`: run benchmarks, on services of their own."""

import os
import shutil
import subprocess
import sys

from benchmarks.options import parse
from pinboard.local.account import temporary_folder
from pinboard.local.process import end_with_parent
from pinboard.local.services import running

# Django reads its settings when it is set up: in a process that has them from its start.
_SUITE = "import django; django.setup(); from benchmarks.suite import main; main()"


def main() -> int:
    """Start services, and the suite beside them; its exit code."""
    parse()  # what is wrong with the command line is told before anything is started
    folder = temporary_folder()
    try:
        with running(folder, durable=False) as services:
            own = {"MEDIA_ROOT": str(folder / "media"), "PRIVATE_ROOT": str(folder / "private")}
            stage = {"PINBOARD_ENV": "test", "LOG_LEVEL": "ERROR"}
            stage["FEED_PUSH_MAX_FOLLOWERS"] = str(10**9)  # a benchmark says when it wants another
            environment = {**os.environ, **services.environment(), **own, **stage}
            environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
            command = [sys.executable, "-c", _SUITE, *sys.argv[1:]]
            return subprocess.run(
                command, env=environment, check=False, preexec_fn=end_with_parent
            ).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
