"""The WSGI application that a web server imports."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from django.utils.module_loading import import_string

from pinboard.graphql.fast_lane import Application, FastLane
from pinboard.postgres.timeouts import limit_statements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
limit_statements(settings.STATEMENT_TIMEOUT_MS)
application: Application = get_wsgi_application()
if settings.GRAPHQL_ENDPOINT:
    endpoint = import_string(settings.GRAPHQL_ENDPOINT)
    application = FastLane(application, reverse("graphql"), endpoint)
if settings.SPANS_ENDPOINT:
    import_string("pinboard.spans.send_to")(settings.SPANS_ENDPOINT)
# What is loaded by now stays: looking through it for garbage would hold up requests for nothing.
gc.collect()
gc.freeze()
