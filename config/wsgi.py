"""The WSGI application that a web server imports."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from pinboard import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
if settings.SPANS_ENDPOINT:
    tracing.send_to(settings.SPANS_ENDPOINT)
