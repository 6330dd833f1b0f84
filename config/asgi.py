"""The ASGI application of the live process: streams, and nothing that the web process answers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from pinboard.live.application import application as live  # noqa: E402 - wants Django set up

application = live("config.live")
