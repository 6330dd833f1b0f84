"""The ASGI application of the live process: streams, and nothing that the web process answers."""

import os

import django
from django.conf import settings
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from pinboard.live.application import application as live  # noqa: E402 - wants Django set up
from pinboard.postgres.timeouts import limit_statements  # noqa: E402 - as above

limit_statements(settings.STATEMENT_TIMEOUT_MS)
application = live("config.live")
if settings.SPANS_ENDPOINT:
    import_string("pinboard.spans.send_to")(settings.SPANS_ENDPOINT)
