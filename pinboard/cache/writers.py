"""Who has written a moment ago, and has to find what they wrote wherever they read."""

from contextlib import suppress
from functools import partial

from django.conf import settings
from django.db import transaction

from pinboard.cache import keys
from pinboard.cache.commands import command
from pinboard.cache.once import AWAY
from pinboard.postgres import replica


def wrote(person_id: int) -> None:
    """Note, once the transaction commits, that a person has written; where nobody reads from a replica,
    nothing."""
    if replica.is_there():
        transaction.on_commit(partial(_note, person_id), robust=True)


def _note(person_id: int) -> None:
    milliseconds = 1_000 * settings.DATABASE_REPLICA_SECONDS
    with suppress(*AWAY):
        command("SET", keys.wrote(person_id), 1, "PX", milliseconds)


def has_written(person_id: int) -> bool:
    """Whether a person has written so lately that a replica may lack it; also where that can't be told."""
    try:
        return bool(command("EXISTS", keys.wrote(person_id)))
    except AWAY:
        return True
