"""The live process, in a hurry."""

import django

django.setup()

from pinboard.live.application import application as live  # noqa: E402 - wants Django set up
from pinboard.live.stream import Pace  # noqa: E402

application = live("config.live", Pace(check_seconds=0.5, lifetime_seconds=4.0))
lasting = live("config.live", Pace(check_seconds=0.5))
