"""Data exports: asked for, built by a worker, kept for a while."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import get_random_string

from apps.users.events import DataExportReady, DataExportRequested
from apps.users.exporting import parts
from apps.users.models import DataExport
from apps.users.services.accounts import locked_person
from pinboard.events.outbox import publish
from pinboard.ids.layout import first_id_at

# A newer export is made at most this often; until then the last one is the answer.
REMADE_AFTER = timedelta(days=1)
_BATCH = 500
_README = """\
This is everything that you made on Pinboard, as files of JSON: one for each kind of thing, each a
list, with dates in UTC. It was put together on {date}.
"""


def private_storage() -> Storage:
    """Where exports are kept: no web server serves it."""
    return storages["private"]


@transaction.atomic
def request_data_export(*, actor_id: int) -> int:
    """Have an export of everything the actor made built; its id.

    While one is being built, and for a day after it was asked for, that one is the answer.
    """
    locked_person(actor_id)
    mine = DataExport.objects.filter(user_id=actor_id, expires_at__gt=Now())
    young = Q(ready_at=None) | Q(id__gte=first_id_at(timezone.now() - REMADE_AFTER))
    latest = mine.filter(young).order_by("-id").first()
    if latest is not None:
        return latest.pk
    mine.update(expires_at=Now())
    export = DataExport.objects.create(
        user_id=actor_id,
        file=f"exports/{get_random_string(43)}.zip",
        expires_at=timezone.now() + settings.DATA_EXPORT_KEPT_FOR,
    )
    publish(DataExportRequested(export.pk))
    return export.pk


@transaction.atomic
def build_data_export(*, export_id: int) -> None:
    """Build an export, unless it is built or has gone. Memory does not grow with its size."""
    export = (
        DataExport.objects.select_for_update(no_key=True)
        .filter(pk=export_id, ready_at=None, expires_at__gt=Now())
        .first()
    )
    if export is None:
        return
    storage = private_storage()
    with tempfile.TemporaryFile() as file:
        _write_zip(file, export.user_id)
        export.size = file.tell()
        file.seek(0)
        storage.delete(export.file)  # of an attempt that was cut off
        storage.save(export.file, File(file))
    export.ready_at = timezone.now()
    export.expires_at = export.ready_at + settings.DATA_EXPORT_KEPT_FOR
    export.save(update_fields=["size", "ready_at", "expires_at"])
    publish(DataExportReady(export_id))


def prune_data_exports() -> int:
    """Delete exports that have expired, the file before its row; how many."""
    expired = DataExport.objects.filter(expires_at__lte=Now()).order_by("expires_at")
    count = 0
    for export in expired[:_BATCH]:
        private_storage().delete(export.file)
        count += DataExport.objects.filter(pk=export.pk).delete()[0]
    return count


def _write_zip(file: IO[bytes], user_id: int) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README.format(date=f"{timezone.now():%Y-%m-%d}"))
        for name, rows in parts().items():
            with archive.open(f"{name}.json", "w", force_zip64=True) as part:
                _write_list(part, rows(user_id))


def _write_list(part: IO[bytes], rows: Iterable[Mapping[str, Any]]) -> None:
    separator = "\n"
    part.write(b"[")
    for row in rows:
        text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
        part.write(f"{separator}{text}".encode())
        separator = ",\n"
    part.write(b"\n]\n")
