"""The Celery application: `celery -A config worker`."""

import os

from celery import Celery
from celery.signals import setup_logging, task_prerun
from django.db import close_old_connections
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Celery would run Django's checks when a worker starts, which load urls and schema, and look at nothing of
# what they say.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

app = Celery("pinboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@task_prerun.connect
def _let_old_connections_go(**_: object) -> None:
    """Celery closes a connection with each task, or never looks at it: one that is old or broken goes
    before a task, as before a request."""
    close_old_connections()


@setup_logging.connect
def _keep_our_logs(**_: object) -> None:
    """Celery would replace the log's handlers; a receiver here keeps it from that."""
