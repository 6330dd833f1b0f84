"""Structured logs: one JSON object a line (readable text on a laptop), each with its request id.

The id is bound by django-structlog's middleware and travels into Celery tasks with the message.
Personal data and secrets never reach a log: values under the names below are masked here, last,
whoever wrote them. An exception is logged as its kind and its places in the code: messages quote
what they choke on, such as the row that broke a constraint.
"""

import logging
import re
import traceback
from functools import lru_cache
from logging.config import dictConfig
from typing import Any

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

_SECRET = re.compile(
    r"password|secret|token|authorization|cookie|email|e_mail|^ip$|address|session|csrf|api_?key"
    # django-structlog's words for a failed task: the exception's message.
    r"|^error$",
    re.I,
)
_MASK = "[masked]"


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace every value whose key names personal data or a secret, at any depth.

    A request is logged without its query string: a GET to the API holds a document's variables there.
    """
    masked = {key: _masked(key, value) for key, value in event.items()}
    if isinstance(request := masked.get("request"), str):
        masked["request"] = request.partition("?")[0]
    return masked


# Lines have few names between them, and each of a line is asked about.
@lru_cache(maxsize=1_000)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None


def _masked(key: str, value: Any) -> Any:
    if _is_secret(key):
        return _MASK
    if isinstance(value, dict):
        return {inner: _masked(str(inner), item) for inner, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(key, item) for item in value]
    return value


def _without_messages(exc_info: ExcInfo) -> str:
    """A traceback with every exception's kind in place of its message."""
    return "\n\ncaused by\n".join(
        "".join(traceback.format_tb(error.__traceback__))
        + f"{type(error).__module__}.{type(error).__qualname__}"
        for error in _with_causes(exc_info[1])
    )


def _with_causes(error: BaseException | None) -> list[BaseException]:
    """An exception, and what has led to it. Who raises an exception's cause while handling it, as django-redis
    does, makes a ring of the two."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(_without_messages),
    mask,
]


def configure(level: str, *, readable: bool) -> None:
    """Send every log of the process to standard error. `readable` chooses text over JSON."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        renderer,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Celery would write a failed task's exception into its text; django-structlog's
                # line tells of the same failure.
                "celery.app.trace": {"level": "CRITICAL"},
                # Django's own request log would repeat ours, with the address of the reader.
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "WARNING"},
            },
        }
    )
    logging.captureWarnings(True)
